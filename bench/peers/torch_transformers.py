"""Small transformers written as language and vision models write them, for torch_architectures.py."""
import math

import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    """Multi-head self-attention written out, as language models in PyTorch write it."""

    def __init__(self, width, heads, causal):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.causal = causal
        self.register_buffer("mask", torch.tril(torch.ones(64, 64)).view(1, 1, 64, 64))

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = self.qkv(x).split(c, dim=2)
        q, k, v = (a.view(b, t, self.heads, c // self.heads).transpose(1, 2) for a in (q, k, v))
        scores = (q @ k.transpose(-2, -1)) / math.sqrt(c // self.heads)
        if self.causal:
            scores = scores.masked_fill(self.mask[:, :, :t, :t] == 0, float("-inf"))
        y = scores.softmax(-1) @ v
        return self.out(y.transpose(1, 2).contiguous().view(b, t, c))


def gelu_tanh(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * torch.pow(x, 3))))


class Block(nn.Module):
    def __init__(self, width, heads, causal, activation):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads, causal)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.activation = activation

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.down(self.activation(self.up(self.norm2(x))))


class GptLike(nn.Module):
    """Decoder on embeddings: learned positions, causal mask, tanh GELU, logits of the last place."""

    def __init__(self, width=64, heads=4, depth=3, words=50):
        super().__init__()
        self.positions = nn.Embedding(64, width)
        self.blocks = nn.ModuleList(Block(width, heads, True, gelu_tanh) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, words, bias=False)

    def forward(self, x):
        places = torch.arange(0, x.shape[1], device=x.device).unsqueeze(0)
        x = x + self.positions(places)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, -1])


class RootMeanSquareNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(1 + 0.1 * torch.randn(width))

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))


def rotate(x):
    """Rotary position embedding, half-split form (Su et al. 2021)."""
    t, d = x.shape[-2], x.shape[-1]
    frequency = 1.0 / (10000 ** (torch.arange(0, d, 2).float() / d))
    angle = torch.outer(torch.arange(t).float(), frequency)
    angle = torch.cat([angle, angle], -1)
    first, second = x.chunk(2, -1)
    return x * angle.cos() + torch.cat([-second, first], -1) * angle.sin()


class LlamaBlock(nn.Module):
    """Grouped-query attention with rotary positions, SwiGLU."""

    def __init__(self, width, heads, groups):
        super().__init__()
        self.heads, self.groups, self.size = heads, groups, width // heads
        self.norm1, self.norm2 = RootMeanSquareNorm(width), RootMeanSquareNorm(width)
        self.q = nn.Linear(width, width, bias=False)
        self.k = nn.Linear(width, groups * self.size, bias=False)
        self.v = nn.Linear(width, groups * self.size, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.gate, self.up = nn.Linear(width, 128, bias=False), nn.Linear(width, 128, bias=False)
        self.down = nn.Linear(128, width, bias=False)

    def attend(self, x):
        b, t, c = x.shape
        q = rotate(self.q(x).view(b, t, self.heads, self.size).transpose(1, 2))
        k = rotate(self.k(x).view(b, t, self.groups, self.size).transpose(1, 2))
        v = self.v(x).view(b, t, self.groups, self.size).transpose(1, 2)
        repeat = self.heads // self.groups
        k, v = (a[:, :, None].expand(b, self.groups, repeat, t, self.size).reshape(b, self.heads, t, self.size)
                for a in (k, v))
        mask = torch.triu(torch.full((t, t), float("-inf")), diagonal=1)
        scores = torch.matmul(q, k.transpose(2, 3)) / math.sqrt(self.size) + mask
        y = torch.matmul(F.softmax(scores.float(), dim=-1), v)
        return self.out(y.transpose(1, 2).reshape(b, t, c))

    def forward(self, x):
        x = x + self.attend(self.norm1(x))
        z = self.norm2(x)
        return x + self.down(F.silu(self.gate(z)) * self.up(z))


class LlamaLike(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(LlamaBlock(64, 4, 2), LlamaBlock(64, 4, 2))
        self.norm, self.head = RootMeanSquareNorm(64), nn.Linear(64, 40)

    def forward(self, x):
        return self.head(self.norm(self.blocks(x))[:, -1])


class AlibiAttention(nn.Module):
    """Scores biased by distance (Press et al. 2022), einsum notation, padding mask made with where."""

    def __init__(self, width=64, heads=4):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v = (nn.Linear(width, width) for _ in range(3))
        self.head = nn.Linear(width, 20)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = (f(x).view(b, t, self.heads, -1) for f in (self.q, self.k, self.v))
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / 4
        distance = torch.arange(t).view(1, t) - torch.arange(t).view(t, 1)
        slopes = torch.tensor([2.0 ** -(i + 1) for i in range(self.heads)]).view(1, self.heads, 1, 1)
        scores = scores + slopes * distance
        scores = torch.where(distance > 0, torch.full_like(scores, -1e4), scores)
        y = torch.einsum("bhqk,bkhd->bqhd", F.softmax(scores, -1), v)
        return self.head(y.reshape(b, t, c).mean(1))


class BertLike(nn.Module):
    """torch.nn's own encoder, GELU, with a padding mask that the last place falls under."""

    def __init__(self, norm_first=False):
        super().__init__()
        layer = nn.TransformerEncoderLayer(64, 4, 128, dropout=0.0, activation="gelu", batch_first=True,
                                           norm_first=norm_first)
        self.encoder = nn.TransformerEncoder(layer, 3, enable_nested_tensor=False)
        self.pool, self.head = nn.Linear(64, 64), nn.Linear(64, 12)

    def forward(self, x):
        mask = torch.arange(x.shape[1]).unsqueeze(0).expand(x.shape[0], x.shape[1]) >= x.shape[1] - 1
        return self.head(torch.tanh(self.pool(self.encoder(x, src_key_padding_mask=mask)[:, 0])))


class ReferenceVit(nn.Module):
    """A vision transformer on plain blocks, class token, exact GELU."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 64, 8, 8)
        self.token = nn.Parameter(torch.randn(1, 1, 64))
        self.positions = nn.Parameter(torch.randn(1, 17, 64))
        self.blocks = nn.Sequential(*(Block(64, 4, False, nn.GELU()) for _ in range(3)))
        self.head = nn.Linear(64, 20)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.positions
        return self.head(self.blocks(x)[:, 0])


class Mixer(nn.Module):
    """Perceptrons across places and across channels in turn (Tolstikhin et al. 2021)."""

    def __init__(self, width=48, places=16, depth=3):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 8, 8)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2 * depth))
        self.across = nn.ModuleList(nn.Sequential(nn.Linear(places, 32), nn.GELU(), nn.Linear(32, places))
                                    for _ in range(depth))
        self.along = nn.ModuleList(nn.Sequential(nn.Linear(width, 96), nn.GELU(), nn.Linear(96, width))
                                   for _ in range(depth))
        self.head = nn.Linear(width, 20)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        for i, (across, along) in enumerate(zip(self.across, self.along)):
            x = x + across(self.norms[2 * i](x).transpose(1, 2)).transpose(1, 2)
            x = x + along(self.norms[2 * i + 1](x))
        return self.head(x.mean(1))


class DetectionTransformer(nn.Module):
    """Convolutions, encoder and decoder with learned queries (Carion et al. 2020, made small)."""

    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 32, 7, 4, 3), nn.BatchNorm2d(32), nn.ReLU(),
                                      nn.Conv2d(32, 64, 3, 4, 1), nn.ReLU())
        self.transformer = nn.Transformer(64, 4, 2, 2, 128, dropout=0.0)
        self.queries = nn.Parameter(torch.randn(5, 64))
        self.row, self.column = nn.Parameter(torch.randn(10, 32)), nn.Parameter(torch.randn(10, 32))
        self.classes, self.boxes = nn.Linear(64, 7), nn.Linear(64, 4)

    def forward(self, x):
        h = self.backbone(x)
        rows, columns = h.shape[-2:]
        place = torch.cat([self.column[:columns].unsqueeze(0).repeat(rows, 1, 1),
                           self.row[:rows].unsqueeze(1).repeat(1, columns, 1)], -1).flatten(0, 1).unsqueeze(1)
        h = self.transformer(place + h.flatten(2).permute(2, 0, 1), self.queries.unsqueeze(1).repeat(1, x.shape[0], 1))
        return torch.cat([self.classes(h), self.boxes(h).sigmoid()], -1).flatten()[None]
