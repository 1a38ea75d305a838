"""LoRAs (Hu et al. 2021) on a loaded model, any number at once."""

from __future__ import annotations

from pathlib import Path

from pipelines.engines.diffusion.loading import Model, explained
from pipelines.engines.diffusion.lora import check_lora, named
from pipelines.engines.painter import Lora
from pipelines.errors import EngineError

_AGAIN = "fetch it again, or choose another for this base"


class Loras:
    """The LoRAs of a model: any number at once."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.applied: tuple[Lora, ...] = ()

    def apply(self, loras: tuple[Lora, ...]) -> None:
        """Put these on and take the others off. Raises EngineError; what is on is undefined then, until `strip`."""
        if loras == self.applied:
            return
        self.strip()
        names = [f"lora{index}" for index, _ in enumerate(loras)]
        for name, lora in zip(names, loras, strict=True):
            self._load(lora.file, name)
        if names:
            with explained("LoRAs that do not go together", ", ".join(lora.file.name for lora in loras), _AGAIN):
                self._model.pipe.set_adapters(names, [lora.weight for lora in loras])
        self.applied = loras

    def strip(self) -> None:
        """Take all off."""
        self._model.pipe.unload_lora_weights()
        self.applied = ()

    def _load(self, file: Path, name: str) -> None:
        pipe, width = self._model.pipe, self._model.text_width
        check_lora(file, width)
        with explained(f"a LoRA that does not fit {named(width)}", file.name, _AGAIN):
            pipe.load_lora_weights(str(file.parent), weight_name=file.name, adapter_name=name, local_files_only=True)
        if not any(name in there for there in pipe.get_list_adapters().values()):
            problem = f"a LoRA of which nothing fits {named(width)}"  # the library says so in its log alone
            raise EngineError(problem, got=file.name, fix="choose a LoRA for this base")
