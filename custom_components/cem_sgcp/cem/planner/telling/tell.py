"""From an answer to the plan that people and devices read: columns, devices, runs, notes.

It must not know how the answer was found.
"""

from ...model import DevicePlan, Note, Plan, PlanStatus
from ..answer import Answer
from ..connection.terms import energy_cost, terms_of
from ..messages import note
from ..power_profile import PowerProfilePart
from ..problem import Part, Solved
from ..solution import limit_notes, limits_in_watts, marginal_price, numbers, peak_notes, watts
from .questions import Questions
from .reasons import explain, own_cover
from .relaxations import relaxations_of
from .stability import tell_runs


def tell(told: Answer, questions: Questions, *, relaxed: bool) -> Plan:
    """Return the plan of an answer.

    `questions` ask what would be otherwise; `relaxed` says that something could not be kept.
    """
    frame, outcome = told.problem.frame, told.outcome
    snapshot, solved = frame.snapshot, told.solved
    cover = own_cover(frame, {part.resource.resource_id: solved.power(part.resource) for part in told.parts})
    devices = tuple(
        explain(frame, part.resource, _device(part, solved, questions), solved.marginal, cover) for part in told.parts
    )
    net = solved.net
    notes: list[Note] = [*frame.notes, *limit_notes(solved, told.exchange), *peak_notes(solved, told.exchange)]
    for device in devices:
        notes.extend(device.notes)
    if not outcome.optimal and outcome.objective - outcome.bound > snapshot.goals.move_gain:
        notes.append(note("not_proven", gap=f"{100.0 * outcome.gap:.2g}"))
    late = any(not run.met for device in devices for run in device.runs)
    status = PlanStatus.OPTIMAL if outcome.optimal else PlanStatus.FEASIBLE
    return Plan(
        created=snapshot.now,
        grid=frame.grid,
        status=PlanStatus.RELAXED if relaxed or late else status,
        currency=snapshot.prices.currency,
        net_power=watts(net),
        base_load=watts(frame.base),
        import_price=numbers(frame.import_price),
        export_price=numbers(frame.export_price),
        price_known=tuple(frame.price_known.tolist()),
        import_limit=limits_in_watts(frame.import_limit),
        export_limit=limits_in_watts(frame.export_limit),
        marginal_price=marginal_price(solved),
        devices=devices,
        cost=round(energy_cost(solved, told.exchange), 9),
        objective=round(outcome.objective - told.penalties - questions.moves(outcome.x), 9),
        gap=outcome.gap,
        solver="HiGHS",
        relaxations=relaxations_of(frame, net, devices, tuple(notes)),
        terms=terms_of(solved, told.exchange, told.parts),
        notes=tuple(notes),
    )


def _device(part: Part, solved: Solved, questions: Questions) -> DevicePlan:
    device = part.read(solved)
    if not isinstance(part, PowerProfilePart):
        return device
    runs, notes = tell_runs(solved.problem.frame, part, questions, solved.x)
    return device.replace(runs=runs, notes=notes)
