"""Opens online sessions, or exports, with each of the options given as JSON, and writes kind and sentence of each refusal."""

import json
import sys

from mlu_agent.errors import AgentError
from mlu_agent.export_offline import export
from mlu_agent.online_session import OnlineSession

CARD = {"batch": 1, "core_number": 1, "core_version": "MLU270", "input_format": 0}
what, checkpoint, out, cases = sys.argv[1:]
refusals = []
for options in json.loads(cases):
    try:
        if what == "online":
            OnlineSession(**dict({"checkpoint": checkpoint, "size": [64, 64]}, **options))
        else:
            export(**dict(dict(CARD, checkpoint=checkpoint, out=out, size=[64, 64]), **options))
        refusals.append(None)
    except AgentError as error:
        refusals.append([error.kind, str(error)])
print(json.dumps(refusals))
