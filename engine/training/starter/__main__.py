"""Train the starter checkpoint from nothing: `python -m engine.training.starter --work DIR --out DIR`.

Every stage goes on where it was killed; a stage that is done is not run again. The default times are for two CPU cores;
the same times on a CUDA device give a better starter.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.training.starter.stages import Plan, make_starter
from engine.training.starter.state import Budget


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m engine.training.starter", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("training/starter"), help="drawings, states and samples")
    parser.add_argument("--out", type=Path, default=Path("assets/starter"), help="the diffusers folder to write")
    parser.add_argument("--drawings", type=int, default=10_000, help="how many training drawings")
    parser.add_argument("--text-minutes", type=float, default=6, help="training time of the text encoders")
    parser.add_argument("--vae-minutes", type=float, default=45, help="training time of the VAE")
    parser.add_argument("--decoder-minutes", type=float, default=25, help="training time of the decoder alone")
    parser.add_argument("--unet-minutes", type=float, default=120, help="training time of the UNet")
    parser.add_argument("--start-from", type=Path, help="a starter to train on instead of from nothing")
    options = parser.parse_args()
    make_starter(
        Plan(
            work=options.work,
            out=options.out,
            drawings=options.drawings,
            text=Budget(options.text_minutes),
            vae=Budget(options.vae_minutes),
            decoder=Budget(options.decoder_minutes),
            unet=Budget(options.unet_minutes),
            start_from=options.start_from,
        )
    )


if __name__ == "__main__":
    main()
