"""SMS through Twilio's Messages resource; the address is a telephone number.

Taken is not delivered: nothing here says that a person has read it, only an acknowledgement does.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from anfl_assets.config.secret import Secret
from anfl_assets.deliver.address import Guard
from anfl_assets.deliver.answers import FORM, Clock, content, taken
from anfl_assets.deliver.channel import Receipt, TryAgainLater
from anfl_assets.deliver.message import Message
from anfl_assets.deliver.short import sms
from anfl_assets.deliver.wire import PATIENCE, Patience, post
from anfl_assets.wording.inert import one_line

URL = "https://api.twilio.com"


@dataclass(frozen=True)
class Twilio:
    """Sends from one number of one account."""

    clock: Clock
    account: Secret
    token: Secret
    sender: str
    url: str = URL
    patience: Patience = PATIENCE

    def send(
        self, message: Message, address: str, *, thread: Mapping[str, str], chart: bytes | None
    ) -> Receipt:
        """Send the message in its short form."""
        del thread, chart
        login = b64encode(f"{self.account.text}:{self.token.text}".encode()).decode("ascii")
        account = quote(self.account.text, safe="")
        answer = post(
            f"{self.url.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json",
            urlencode({"To": address, "From": self.sender, "Body": sms(message)}).encode("ascii"),
            {**FORM, "Authorization": f"Basic {login}"},
            patience=self.patience,
            guard=Guard(only_public=False),
        )
        taken(answer, "Twilio", clock=self.clock, secrets=(self.account, self.token))
        told = content(answer)
        if not told.get("sid"):
            # A page of whoever stands in between, not the provider: nothing was taken.
            raise TryAgainLater("Twilio's answer was not its own")
        return Receipt(one_line(str(told.get("sid", ""))), one_line(str(told.get("status", ""))))
