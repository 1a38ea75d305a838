"""What every trainer shares: the loop with its budget and checkpoints, the optimizer, the machine, the loss curve."""
