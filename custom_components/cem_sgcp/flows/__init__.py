"""The forms by which a user describes a connection point and its devices.

What is already known (`proposal`), the fields of each screen (`schemas`), what is checked before it is kept
(`checks`), the flow of the devices (`device`) and of the plan's behaviour (`options`). Nothing here runs once the
forms are closed.
"""
