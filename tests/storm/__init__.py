"""A storm of faults: real processes, real servers, and sinks that misbehave, all on this machine.

`make storm` injects every fault of the plan into installations of their own, compares what the
ledger says with what the sinks took (their journals are on the disk before they answer), prints a
table, and writes docs/faults.md. Nothing here imports the product: it is driven by its commands
and read by SQL, as an operator would.
"""
