"""Errors of the brain, said in the user's language.

Every rule of the model has a key; Home Assistant has a translation of the same key under `exceptions`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from homeassistant.exceptions import ServiceValidationError

from .cem.model import ModelError
from .const import DOMAIN


@contextmanager
def translated() -> Iterator[None]:
    """Turn an error of the model into one that Home Assistant shows in the user's language."""
    try:
        yield
    except ModelError as error:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=error.key,
            translation_placeholders={name: str(value) for name, value in error.placeholders.items()},
        ) from error
