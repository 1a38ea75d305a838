"""How the starter models are made, from drawings that the project draws itself; one command a model.

    python -m models.training.prepare      draw and keep the pictures
    python -m models.training.tokenizer    the vocabulary
    python -m models.training.vae          pictures ↔ latents
    python -m models.training.clip         pictures ↔ captions
    python -m models.training.unet         latents from captions, and from the picture that is edited
    python -m models.training.classifier   the judge, trained apart
    python -m models.training.export       models/starter, loaded once more by the stock classes
    python -m models.training.calibrate    the gates of the starter CLIP

Every command says what it needs when asked with --help, goes on where it was stopped, and runs unchanged on CPU and
CUDA.
"""
