#!/usr/bin/env python3
"""Networks of many kinds with PyTorch's own input gradients, to check ours against.

Needs torch 1.13 or newer and torchvision 0.14 or newer (Debian: python3-torch python3-torchvision).
Weights are random but fixed by --seed: nothing is downloaded.

  torch_architectures.py DIR [NAME ...]   writes, for every network or those named,
      DIR/NAME.onnx                       the network, one input "x", one output "y"
      DIR/NAME.{x,y,g}.f32                input, output, d y.flatten()[unit] / d x: raw little-endian float32
      DIR/NAME.g64.f32                    the same gradient computed in double precision
      DIR/NAME.json                       {arch, x, y, unit, gradNorm, opset}
  torch_architectures.py --smooth DIR ... the same networks with smooth functions in place of Relu and its kind: without
                                          kinks, every gradient is determined to the last digits
  torch_architectures.py --list           names and opsets

`scripts/verify-gradients.mjs DIR` compares. The statistics of batch normalizations are set from random batches, so
that activations neither vanish nor explode and relative errors of the gradient mean something.
"""
import argparse
import functools
import json
import math
import sys
import warnings

import torch
import torchvision
from torch import nn

sys.dont_write_bytecode = True  # no __pycache__ beside the sources
from torch_networks import (CharacterModel, ConvolutionalRecurrent, DcganGenerator, NonLocal, Odd, SpatialTransformer,
                            SqueezeExcite, StyleTransfer, SubPixel, TemporalConvolutions, UNet, VaeDecoder, WaveNet,
                            WithLrn)
from torch_transformers import (AlibiAttention, BertLike, DetectionTransformer, GptLike, LlamaLike, Mixer,
                                ReferenceVit)

warnings.filterwarnings("ignore")


class Output(nn.Module):
    """A segmentation network of torchvision returns a dictionary."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        return self.net(x)["out"]


def tv(name, **options):
    def make():
        table = torchvision.models.segmentation if name in SEGMENTATION else torchvision.models
        if name in SEGMENTATION:
            return Output(getattr(table, name)(weights=None, weights_backbone=None, num_classes=5, **options))
        return getattr(table, name)(weights=None, **options)
    return make


SEGMENTATION = {"deeplabv3_mobilenet_v3_large", "lraspp_mobilenet_v3_large", "fcn_resnet50"}


def small_vit():
    return torchvision.models.VisionTransformer(64, 16, 4, 4, 128, 256, num_classes=50)


def group_norm_resnet():
    return torchvision.models.resnet18(weights=None, norm_layer=functools.partial(nn.GroupNorm, 16))


IMAGE = (1, 3, 224, 224)
SMALL = (1, 3, 96, 96)

# name: (network, shape of the input, opset)
NETWORKS = {
    "vit_b_16": (tv("vit_b_16"), IMAGE, 14),
    "vit_small": (small_vit, (1, 3, 64, 64), 16),
    "vit_small_opset11": (small_vit, (1, 3, 64, 64), 11),
    "vit_plain": (ReferenceVit, (1, 3, 32, 32), 13),
    "swin_t": (tv("swin_t"), SMALL, 13),
    "maxvit_t": (tv("maxvit_t", input_size=(224, 224)), IMAGE, 16),
    "mixer": (Mixer, (1, 3, 32, 32), 16),
    "bert_like": (BertLike, (1, 12, 64), 13),
    "bert_like_batch": (functools.partial(BertLike, norm_first=True), (3, 10, 64), 16),
    "gpt_like": (GptLike, (1, 16, 64), 13),
    "gpt_like_opset9": (GptLike, (1, 16, 64), 9),
    "llama_like": (LlamaLike, (1, 12, 64), 16),
    "alibi": (AlibiAttention, (1, 12, 64), 16),
    "detection_transformer": (DetectionTransformer, SMALL, 13),
    "rnn_tanh": (functools.partial(CharacterModel, nn.RNN), (20, 2, 30), 13),
    "rnn_relu": (functools.partial(CharacterModel, nn.RNN, nonlinearity="relu"), (20, 2, 30), 16),
    "lstm_character": (functools.partial(CharacterModel, nn.LSTM, num_layers=2), (25, 1, 30), 13),
    "lstm_opset9": (functools.partial(CharacterModel, nn.LSTM), (25, 1, 30), 9),
    "lstm_bidirectional": (functools.partial(CharacterModel, nn.LSTM, num_layers=2, bidirectional=True), (15, 2, 30), 16),
    "lstm_projected_batch_first": (functools.partial(CharacterModel, nn.LSTM, batch_first=True, bias=False), (2, 20, 30), 13),
    "lstm_long": (functools.partial(CharacterModel, nn.LSTM, hidden=128), (300, 1, 30), 16),
    "gru_character": (functools.partial(CharacterModel, nn.GRU, num_layers=2), (25, 1, 30), 13),
    "gru_bidirectional": (functools.partial(CharacterModel, nn.GRU, bidirectional=True), (15, 2, 30), 11),
    "convolutional_recurrent": (ConvolutionalRecurrent, (1, 1, 32, 96), 13),
    "unet_transposed": (functools.partial(UNet, "transposed"), (1, 3, 64, 64), 13),
    "unet_bilinear": (functools.partial(UNet, "bilinear"), (1, 3, 64, 64), 16),
    "unet_bilinear_corners": (functools.partial(UNet, "corners"), (1, 3, 64, 64), 11),
    "unet_nearest": (functools.partial(UNet, "nearest"), (1, 3, 64, 64), 9),
    "dcgan_generator": (DcganGenerator, (1, 64, 1, 1), 16),
    "vae_decoder": (VaeDecoder, (1, 16), 13),
    "style_transfer": (StyleTransfer, (1, 3, 64, 64), 11),
    "sub_pixel": (SubPixel, (1, 1, 32, 32), 13),
    "spatial_transformer": (SpatialTransformer, (1, 1, 28, 28), 16),
    "temporal_convolutions": (TemporalConvolutions, (1, 8, 128), 13),
    "wavenet": (WaveNet, (1, 8, 100), 16),
    "squeeze_excite": (SqueezeExcite, (1, 3, 40, 40), 9),
    "non_local": (NonLocal, (1, 3, 32, 32), 13),
    "odd_operators": (Odd, (2, 4, 12, 12), 16),
    "odd_operators_opset12": (Odd, (2, 4, 12, 12), 12),
    "alexnet": (tv("alexnet"), IMAGE, 9),
    "alexnet_lrn": (WithLrn, (1, 3, 99, 99), 11),
    "efficientnet_b0": (tv("efficientnet_b0"), IMAGE, 13),
    "efficientnet_v2_s": (tv("efficientnet_v2_s"), SMALL, 16),
    "resnext50_32x4d": (tv("resnext50_32x4d"), IMAGE, 11),
    "wide_resnet50_2": (tv("wide_resnet50_2"), SMALL, 16),
    "resnet18_group_norm": (group_norm_resnet, SMALL, 13),
    "resnet18_opset9": (tv("resnet18"), IMAGE, 9),
    "resnet34_batch": (tv("resnet34"), (3, 3, 64, 64), 12),
    "mnasnet0_5": (tv("mnasnet0_5"), IMAGE, 9),
    "mobilenet_v2_opset9": (tv("mobilenet_v2"), IMAGE, 9),
    "mobilenet_v3_large": (tv("mobilenet_v3_large"), IMAGE, 13),
    "regnet_y_400mf": (tv("regnet_y_400mf"), IMAGE, 15),
    "shufflenet_v2_x0_5": (tv("shufflenet_v2_x0_5"), IMAGE, 11),
    "squeezenet1_0_opset9": (tv("squeezenet1_0"), IMAGE, 9),
    "densenet169": (tv("densenet169"), SMALL, 13),
    "googlenet_opset11": (tv("googlenet", init_weights=True, aux_logits=False), IMAGE, 11),
    "deeplabv3_mobilenet_v3_large": (tv("deeplabv3_mobilenet_v3_large"), (1, 3, 128, 128), 13),
    "lraspp_mobilenet_v3_large": (tv("lraspp_mobilenet_v3_large"), (1, 3, 128, 128), 11),
    "fcn_resnet50": (tv("fcn_resnet50"), (1, 3, 64, 64), 16),
}


def prepare(make, shape, seed):
    """The network with weights that keep signals at unit scale, ready for inference."""
    torch.manual_seed(seed)
    net = make()
    for m in net.modules():
        if isinstance(m, nn.modules.batchnorm._BatchNorm):
            m.momentum = None  # cumulative average: statistics of the calibration batches
            nn.init.uniform_(m.weight, 0.7, 1.3)
            nn.init.uniform_(m.bias, -0.2, 0.2)
        if isinstance(m, (nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            if not isinstance(m, (nn.modules.linear.NonDynamicallyQuantizableLinear, nn.ConvTranspose2d)):
                nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
            if m.bias is not None:
                nn.init.uniform_(m.bias, -0.1, 0.1)
        if isinstance(m, nn.MultiheadAttention):
            nn.init.normal_(m.in_proj_weight, std=1.5 / math.sqrt(m.embed_dim))
        if isinstance(m, nn.Linear) and m.out_features == 1000:
            nn.init.normal_(m.weight, std=1 / math.sqrt(m.in_features))
    for name, p in net.named_parameters():
        if name.endswith(("layer_scale", "class_token", "relative_position_bias_table")):
            nn.init.normal_(p, std=0.5)
    net.train()
    drop = (nn.modules.dropout._DropoutNd, torchvision.ops.StochasticDepth)
    for m in net.modules():
        if isinstance(m, drop):
            m.p = 0.0
            m.eval()
    with torch.no_grad():
        for _ in range(2):
            net(torch.randn(4, *shape[1:]) if len(shape) == 4 else torch.randn(*shape))
    net.eval()
    for m in net.modules():
        # In evaluation mode these take a fused path that has no ONNX form; without dropout training mode is the same.
        if isinstance(m, (nn.MultiheadAttention, nn.TransformerEncoderLayer)):
            m.train()
            m.dropout = 0.0 if isinstance(m, nn.MultiheadAttention) else m.dropout
    for m in net.modules():
        if isinstance(m, drop):
            m.eval()
    for p in net.parameters():
        p.requires_grad_(False)
    return net


# The thirteen networks of torchvision that the table in docs/gradients.md is about.
for arch in ("squeezenet1_1", "resnet18", "resnet50", "mobilenet_v2", "mobilenet_v3_small", "shufflenet_v2_x1_0",
             "densenet121", "mnasnet1_0", "regnet_x_400mf", "convnext_tiny", "vgg11_bn"):
    NETWORKS[arch] = (tv(arch), IMAGE, 16)
NETWORKS["googlenet"] = (tv("googlenet", init_weights=True, aux_logits=False), IMAGE, 16)
NETWORKS["inception_v3"] = (tv("inception_v3", init_weights=True, aux_logits=False), (1, 3, 299, 299), 16)


def make_smooth():
    """Replaces functions with kinks by smooth ones of about the same course, in every network made afterwards."""
    def softplus(x, inplace=False):
        return nn.functional.softplus(x, beta=4.0)

    def gate(x, low=-1.0, high=1.0, inplace=False):
        return low + (high - low) * torch.sigmoid(4.0 / (high - low) * (x - (low + high) / 2))
    functional = nn.functional
    functional.relu = torch.relu = softplus
    nn.ReLU.forward = lambda self, x: softplus(x)
    functional.hardtanh = gate
    functional.relu6 = lambda x, inplace=False: gate(x, 0.0, 6.0)
    nn.Hardtanh.forward = lambda self, x: gate(x, self.min_val, self.max_val)
    functional.hardsigmoid = lambda x, inplace=False: torch.sigmoid(x)
    nn.Hardsigmoid.forward = lambda self, x: torch.sigmoid(x)
    functional.hardswish = lambda x, inplace=False: x * torch.sigmoid(x)
    nn.Hardswish.forward = lambda self, x: x * torch.sigmoid(x)


def export(folder, name, seed):
    make, shape, opset = NETWORKS[name]
    net = prepare(make, shape, seed)
    x = torch.randn(*shape)
    torch.onnx.export(net, x, f"{folder}/{name}.onnx", opset_version=opset, input_names=["x"], output_names=["y"],
                      training=torch.onnx.TrainingMode.PRESERVE)
    x.requires_grad_(True)
    y = net(x)
    unit = min(7, y.numel() - 1) if y.dim() <= 2 else y.numel() // 2 + 3
    (g,) = torch.autograd.grad(y.flatten()[unit], x)
    xd = x.detach().double().requires_grad_(True)
    (gd,) = torch.autograd.grad(net.double()(xd).flatten()[unit], xd)
    for suffix, t in (("x", x), ("y", y), ("g", g), ("g64", gd)):
        t.detach().contiguous().numpy().astype("<f4").tofile(f"{folder}/{name}.{suffix}.f32")
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump({"arch": name, "x": list(x.shape), "y": list(y.shape), "unit": unit, "gradNorm": float(g.norm()),
                   "opset": opset}, file)
    print(f"{name}: opset {opset}, gradient norm {float(g.norm()):.4g}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--smooth", action="store_true")
    options = parser.parse_args()
    if options.list:
        for name, (_, shape, opset) in NETWORKS.items():
            print(name, "x".join(map(str, shape)), f"opset {opset}")
        return 0
    if options.folder is None:
        parser.error("which folder?")
    if options.smooth:
        make_smooth()
    failed = []
    for name in options.names or NETWORKS:
        try:
            export(options.folder, name, options.seed)
        except Exception as error:  # one network that this torch cannot export must not hide the others
            failed.append(name)
            print(f"{name}: FAILED: {str(error).splitlines()[0]}", file=sys.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
