# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the PyTorch fixtures of this folder. Run in this folder: python3 make.py (made with PyTorch 1.13.1).

Every readable file holds Strassen's algorithm; the rest shows what must be refused.
"""
from collections import OrderedDict

import numpy as np
import torch

U = torch.tensor([[1, 0, 0, 1], [0, 0, 1, 1], [1, 0, 0, 0], [0, 0, 0, 1], [1, 1, 0, 0], [-1, 0, 1, 0], [0, 1, 0, -1]])
V = torch.tensor([[1, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, -1], [-1, 0, 1, 0], [0, 0, 0, 1], [1, 1, 0, 0], [0, 0, 1, 1]])
W = torch.tensor([[1, 0, 0, 1, -1, 0, 1], [0, 0, 1, 0, 1, 0, 0], [0, 1, 0, 1, 0, 0, 0], [1, -1, 1, 0, 0, 1, 0]])


def factors(convert):
    return {"U": convert(U), "V": convert(V), "W": convert(W)}


for name in ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8"]:
    torch.save(factors(lambda t: t.to(getattr(torch, name))), f"{name}.pt")

torch.save({"model": OrderedDict(factors(lambda t: torch.nn.Parameter(t.float()))), "epoch": 12}, "parameters.pt")
# Views: W as a transposed tensor, U and V out of the middle of one storage, with strides.
shared = torch.cat([torch.full((3,), 9.0), torch.stack([U.double(), V.double()], dim=2).flatten(), torch.full((5,), 9.0)])
pairs = shared[3:59].view(7, 4, 2)
torch.save({"U": pairs[:, :, 0], "V": pairs[:, :, 1], "W": W.double().t().contiguous().t()}, "views.pt")
torch.save({name: tensor.numpy().astype("f4") for name, tensor in factors(lambda t: t).items()}, "arrays.pt")


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.U = torch.nn.Linear(4, 7, bias=False)
        self.V = torch.nn.Linear(4, 7, bias=False)
        self.W = torch.nn.Linear(7, 4, bias=False)
        with torch.no_grad():
            for layer, tensor in [(self.U, U), (self.V, V), (self.W, W)]:
                layer.weight.copy_(tensor)

    def forward(self, a, b):
        return self.W(self.U(a) * self.V(b))


torch.save(Network().state_dict(), "state_dict.pt")
torch.save(
    {
        **{name: torch.cat([t.float(), torch.ones(1, 4)]) for name, t in factors(lambda t: t).items() if name != "W"},
        "W": torch.cat([W.float(), torch.ones(4, 1)], dim=1),
        "slot_mask": np.array([1, 1, 1, 1, 1, 1, 1, 0], dtype=np.float32),
        "loss": np.float64(0.25), "note": "masked", "active": [6, 5, 4], "done": True,
    },
    "masked.pt",
)
torch.save(factors(lambda t: t.float()), "legacy.pt", _use_new_zipfile_serialization=False)
torch.save(Network(), "module.pt")
torch.jit.trace(Network(), (torch.ones(4), torch.ones(4))).save("torchscript.pt")
