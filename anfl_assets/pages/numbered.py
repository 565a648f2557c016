"""Numbers in addresses: of as many digits as every database takes; what is longer is no address."""

from __future__ import annotations

from starlette.convertors import IntegerConvertor, register_url_convertor

NUMBER = "number"


class _Number(IntegerConvertor):
    regex = "[0-9]{1,18}"


def know_numbers() -> None:
    """Let routes say `{name:number}`; to be called before they are made."""
    register_url_convertor(NUMBER, _Number())
