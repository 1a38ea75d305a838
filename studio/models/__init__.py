"""`atelier models`: the models that profiles and judges name, on this machine or not."""
