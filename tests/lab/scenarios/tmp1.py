from tests.lab.scenarios.client import *
D=lambda c: c.replace("defaults\n","defaults\n    option abortonclose\n")
SCENARIOS=(
 Scenario(name="d-connect",about="",config=D(http(app="timeout connect 2s")),servers={"s1": SILENT},client=(send(GET), WAITING, close),expect=Expect("CC--", 503, None)),
 Scenario(name="b-connect",about="",config=http(app="option abortonclose\ntimeout connect 2s"),servers={"s1": SILENT},client=(send(GET), WAITING, close),expect=Expect("CC--", 503, None)),
 Scenario(name="d-headers",about="",config=D(http(app="timeout server 2s")),servers={"s1": HANG},client=(send(GET), wait("asked"),close),expect=Expect("CH--", -1, None)),
 Scenario(name="b-headers",about="",config=http(app="option abortonclose\ntimeout server 2s"),servers={"s1": HANG},client=(send(GET), wait("asked"),close),expect=Expect("CH--", -1, None)),
 Scenario(name="b-headers-be-close",about="",config=http("option httpclose",app="option abortonclose\ntimeout server 2s"),servers={"s1": HANG},client=(send(GET), wait("asked"),close),expect=Expect("CH--", -1, None)),
 Scenario(name="b-headers-clo",about="",config=http(app="option abortonclose\ntimeout server 2s"),servers={"s1": HANG},client=(send(CLOSE), wait("asked"),close),expect=Expect("CH--", -1, None)),
)
