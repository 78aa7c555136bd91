"""Would the tests see it? Faults are planted into the product, one at a time, and tests run.

make faults SEED=11 COUNT=30     draws faults, and says which test caught which
make faults FROM=faults.json     plants the faults of an earlier run, wherever the code is now

All of it happens in a copy of the repository. What was planted and what became of it is written
to `build/faults.json`. A fault that changes nothing that can be seen survives, too: whether one is
such, a person says.
"""
