"""TLS on either side, with a section of the same HAProxy as server: what a failed handshake is logged as."""

from tests.lab.certificates import self_signed
from tests.lab.clients import ASK, GET
from tests.lab.config import http
from tests.lab.scenario import NO_LINE, Expect, Scenario
from tests.lab.servers import ABSENT
from tests.lab.steps import Script, close, read_end, send

FILES = {"own.pem": self_signed("www.example.com"), "other.pem": self_signed("other.example.com")}
REFUSED = Expect("SC--", 503, timers="+/+/-1/-1/+")
RESET = Expect("SD--", -1, timers="+/+/+/-1/+")
ANSWERED = Expect("SH--", 502, timers="+/+/+/-1/+")
TRUSTED = "ssl verify required ca-file @files/own.pem"


def behind(name: str, about: str, expect: Expect, server: str, bind: str = "ssl crt @files/own.pem", later: dict[str, Expect] | None = None) -> Scenario:
    """`web` passes to the section `secure`, whose `bind` line ends in `bind`, by a server line that ends in `server`."""
    config = http(
        app=f"server secure 192.0.2.10:443 {server}",
        more=f"listen secure\n    bind :443 {bind}\n    http-request return status 200 content-type text/plain string hello\n",
        process="ssl-server-verify none",
    )
    return Scenario(name=name, about=about, config=config, servers={"secure": ABSENT}, files=FILES, client=ASK, expect=expect, later=later or {})


def front(name: str, about: str, client: Script) -> Scenario:
    config = http("timeout client 300ms").replace("bind :80", "bind :80 ssl crt @files/own.pem")
    return Scenario(name=name, about=about, config=config, files=FILES, client=client, expect=Expect(NO_LINE))


SCENARIOS = (
    behind("server-tls-normal", "A server that speaks TLS and is verified.", Expect("----", 200, timers="+/+/+/+/+"), f"{TRUSTED} verifyhost www.example.com"),
    behind("server-tls-unknown", "The server's certificate is signed by nobody whom `ca-file` knows.", REFUSED, "ssl verify required ca-file @files/other.pem"),
    behind("server-tls-other-name", "The server's certificate is for another name than `verifyhost`.", REFUSED, f"{TRUSTED} verifyhost other.example.com",
           later={"3.4": Expect("----", 200, timers="+/+/+/+/+")}),  # 3.4 sends the Host header as SNI, and verifies that
    behind("server-tls-no-version", "Server line and server have no TLS version in common.", REFUSED, "ssl verify none ssl-max-ver TLSv1.2", "ssl crt @files/own.pem ssl-min-ver TLSv1.3"),
    behind("server-tls-no-name", "The server knows no certificate for the name in `sni`.", REFUSED, "ssl verify none sni str(nobody.example.com)", "ssl crt @files/own.pem strict-sni"),
    behind("server-tls-client-certificate", "The server demands a client certificate that the server line does not have (TLS 1.2).", REFUSED,
           "ssl verify none ssl-max-ver TLSv1.2", "ssl crt @files/own.pem verify required ca-file @files/own.pem"),
    behind("server-tls-client-certificate-13", "The same with TLS 1.3, where the server says so only after the handshake.", RESET,
           "ssl verify none ssl-min-ver TLSv1.3", "ssl crt @files/own.pem verify required ca-file @files/own.pem",
           {"2.6": REFUSED, "3.2": ANSWERED}),
    behind("server-wants-proxy-protocol", "The server demands the PROXY protocol, the server line does not send it.", RESET, "", "accept-proxy", {"2.6": ANSWERED}),
    behind("server-gets-proxy-protocol", "The server line says `send-proxy`, the server does not expect it and answers 400.", Expect("----", 400, timers="+/+/+/+/+"), "send-proxy", ""),
    front("tls-plain-request", "A plain HTTP request on a TLS port: no line with a state.", (send(GET), read_end)),
    front("tls-silent", "A connection to a TLS port without a byte: no line with a state.", (read_end,)),
    front("tls-broken-off", "The client closes in the middle of its TLS handshake.", (send(b"\x16\x03\x01\x00\x20\x01\x00\x00\x1c\x03\x03"), close)),
)
