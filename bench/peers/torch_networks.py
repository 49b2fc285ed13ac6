"""Small networks of the kinds that torchvision does not have, for torch_architectures.py."""
import torch
import torch.nn.functional as F
from torch import nn


class CharacterModel(nn.Module):
    """Recurrent layers on one-hot characters, logits of the next one from the last place and the average."""

    def __init__(self, kind, hidden=48, symbols=30, **options):
        super().__init__()
        self.first = options.get("batch_first", False)
        self.recurrent = kind(symbols, hidden, **options)
        self.head = nn.Linear(hidden * (2 if options.get("bidirectional") else 1), symbols)

    def forward(self, x):
        y, _ = self.recurrent(x)
        if self.first:
            y = y.transpose(0, 1)
        return self.head(y[-1] + y.mean(0))


class ConvolutionalRecurrent(nn.Module):
    """Text recognition: convolutions, then a bidirectional LSTM along the width (Shi et al. 2015)."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                                      nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
                                      nn.MaxPool2d((2, 1)), nn.Conv2d(32, 32, (8, 1)), nn.LeakyReLU(0.2))
        self.recurrent = nn.LSTM(32, 24, bidirectional=True)
        self.head = nn.Linear(48, 20)

    def forward(self, x):
        y, _ = self.recurrent(self.features(x).squeeze(2).permute(2, 0, 1))
        return F.log_softmax(self.head(y), dim=2)


def double(a, b):
    return nn.Sequential(nn.Conv2d(a, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU(inplace=True),
                         nn.Conv2d(b, b, 3, padding=1), nn.ReLU(inplace=True))


class UNet(nn.Module):
    def __init__(self, up, width=16):
        super().__init__()
        self.down = nn.ModuleList([double(3, width), double(width, 2 * width), double(2 * width, 4 * width)])
        if up == "transposed":
            self.up = nn.ModuleList([nn.ConvTranspose2d(4 * width, 2 * width, 2, 2),
                                     nn.ConvTranspose2d(2 * width, width, 4, 2, 1)])
        else:
            mode = {"corners": "bilinear"}.get(up, up)
            corners = None if mode == "nearest" else up == "corners"
            scale = nn.Upsample(scale_factor=2, mode=mode, align_corners=corners)
            self.up = nn.ModuleList([nn.Sequential(scale, nn.Conv2d(4 * width, 2 * width, 1)),
                                     nn.Sequential(scale, nn.Conv2d(2 * width, width, 1))])
        self.merge = nn.ModuleList([double(4 * width, 2 * width), double(2 * width, width)])
        self.head = nn.Conv2d(width, 4, 1)

    def forward(self, x):
        kept = []
        for i, step in enumerate(self.down):
            x = step(x if i == 0 else F.max_pool2d(x, 2))
            kept.append(x)
        for i, (up, merge) in enumerate(zip(self.up, self.merge)):
            x = merge(torch.cat([kept[1 - i], up(x)], 1))
        return self.head(x)


class DcganGenerator(nn.Sequential):
    def __init__(self):
        steps = [nn.ConvTranspose2d(64, 64, 4, 1, 0, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
        for a, b in ((64, 32), (32, 16)):
            steps += [nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]
        super().__init__(*steps, nn.ConvTranspose2d(16, 3, 3, 2, 1, output_padding=1), nn.Tanh())


class VaeDecoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Linear(16, 32 * 7 * 7)
        self.grow = nn.Sequential(nn.ConvTranspose2d(32, 16, 3, 2, 1, 1), nn.ELU(),
                                  nn.ConvTranspose2d(16, 8, 3, 2, 1, 1, groups=2), nn.SELU(),
                                  nn.ConvTranspose2d(8, 1, 3, 1, 2, dilation=2), nn.Sigmoid())

    def forward(self, z):
        return self.grow(F.softplus(self.start(z)).view(-1, 32, 7, 7))


class StyleTransfer(nn.Module):
    """Reflection padding, instance normalization, nearest upsampling (Johnson et al. 2016, made small)."""

    def __init__(self):
        super().__init__()

        def layer(a, b, k, stride=1):
            return nn.Sequential(nn.ReflectionPad2d(k // 2), nn.Conv2d(a, b, k, stride),
                                 nn.InstanceNorm2d(b, affine=True))
        self.down = nn.Sequential(layer(3, 8, 9), nn.ReLU(), layer(8, 16, 3, 2), nn.ReLU(), layer(16, 32, 3, 2), nn.ReLU())
        self.residual = nn.Sequential(layer(32, 32, 3), nn.ReLU(), layer(32, 32, 3))
        self.up = nn.Sequential(nn.Upsample(scale_factor=2), layer(32, 16, 3), nn.ReLU(), nn.Upsample(scale_factor=2),
                                layer(16, 8, 3), nn.ReLU(), nn.ReflectionPad2d(4), nn.Conv2d(8, 3, 9))

    def forward(self, x):
        x = self.down(x)
        return self.up(x + self.residual(x))


class SubPixel(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(1, 16, 5, padding=2), nn.PReLU(16), nn.Conv2d(16, 16, 3, padding=1), nn.Tanh(),
                         nn.Conv2d(16, 9, 3, padding=1), nn.PixelShuffle(3))


class SpatialTransformer(nn.Module):
    """An affine grid predicted from the image, sampled bilinearly (Jaderberg et al. 2015)."""

    def __init__(self):
        super().__init__()
        self.where = nn.Sequential(nn.Conv2d(1, 8, 7), nn.MaxPool2d(2, 2), nn.ReLU(), nn.Flatten(), nn.Linear(968, 6))
        self.what = nn.Sequential(nn.Conv2d(1, 8, 5), nn.ReLU(), nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(128, 10))

    def forward(self, x):
        theta = 0.1 * self.where(x).view(-1, 2, 3) + torch.tensor([[[0.9, 0.1, 0.03], [-0.1, 0.8, 0.05]]])
        h, w = x.shape[-2:]
        ys, xs = torch.meshgrid(torch.linspace(-1, 1, h), torch.linspace(-1, 1, w), indexing="ij")
        places = torch.stack([xs, ys, torch.ones_like(xs)], -1).view(1, h * w, 3)
        grid = torch.matmul(places, theta.transpose(1, 2)).view(-1, h, w, 2)
        return self.what(F.grid_sample(x, grid, align_corners=False))


class TemporalConvolutions(nn.Module):
    """One-dimensional convolutions of every sort, max and average pooling."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv1d(8, 16, 7, 2, 3), nn.BatchNorm1d(16), nn.ReLU(), nn.MaxPool1d(3, 2, 1),
                                 nn.Conv1d(16, 32, 3, padding=4, dilation=4, groups=4), nn.Hardswish(),
                                 nn.AvgPool1d(3, 2, 1), nn.ConstantPad1d((2, 0), 0.5), nn.Conv1d(32, 32, 3), nn.SiLU(),
                                 nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(32, 10))

    def forward(self, x):
        return self.net(x)


class WaveNet(nn.Module):
    """Causal dilated convolutions with gates and skips (van den Oord et al. 2016, made small)."""

    def __init__(self):
        super().__init__()
        self.start = nn.Conv1d(8, 16, 1)
        self.filters = nn.ModuleList(nn.Conv1d(16, 16, 2, dilation=2 ** i) for i in range(5))
        self.gates = nn.ModuleList(nn.Conv1d(16, 16, 2, dilation=2 ** i) for i in range(5))
        self.skip = nn.ModuleList(nn.Conv1d(16, 16, 1) for i in range(5))
        self.head = nn.Conv1d(16, 8, 1)

    def forward(self, x):
        x = self.start(x)
        total = 0
        for i, (f, g, s) in enumerate(zip(self.filters, self.gates, self.skip)):
            padded = F.pad(x, (2 ** i, 0))
            z = s(torch.tanh(f(padded)) * torch.sigmoid(g(padded)))
            total, x = total + z, x + z
        return F.softmax(self.head(F.relu(total)), 1)


class SqueezeExcite(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Sequential(nn.Conv2d(3, 24, 3, 2, 1), nn.BatchNorm2d(24), nn.ReLU6())
        self.down, self.up = nn.Linear(24, 6), nn.Linear(6, 24)
        self.depthwise = nn.Conv2d(24, 24, 5, padding=2, groups=24)
        self.head = nn.Linear(24, 9)

    def forward(self, x):
        x = self.start(x)
        s = torch.sigmoid(self.up(F.relu(self.down(x.mean((2, 3)))))).view(x.shape[0], -1, 1, 1)
        return self.head(F.elu(self.depthwise(x * s)).mean([2, 3]))


class NonLocal(nn.Module):
    """Attention between all places of a feature map, group normalization, softmax over space."""

    def __init__(self):
        super().__init__()
        self.start = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1), nn.GroupNorm(4, 16), nn.Mish())
        self.q, self.k, self.v = nn.Conv2d(16, 8, 1), nn.Conv2d(16, 8, 1), nn.Conv2d(16, 16, 1)
        self.head = nn.Conv2d(16, 5, 1)

    def forward(self, x):
        x = self.start(x)
        q, k, v = (f(x).flatten(2) for f in (self.q, self.k, self.v))
        attention = torch.softmax(torch.bmm(q.transpose(1, 2), k), -1)
        x = x + torch.bmm(v, attention.transpose(1, 2)).view_as(x)
        return F.log_softmax(self.head(x).amax((2, 3)), 1)


class Odd(nn.Module):
    """Operators that networks use now and then: tops, norms, cumulative sums, gathers, tiles, wraps and flips."""

    def __init__(self):
        super().__init__()
        self.register_buffer("order", torch.tensor([2, 0, 3]))
        self.norm = nn.LayerNorm([12, 12])
        self.shrink = nn.Linear(12, 6)

    def forward(self, x):
        a = F.normalize(x, p=2, dim=1) + F.celu(x, 0.7) * torch.exp(-x.abs())
        b = self.norm(a)[:, self.order].flip(3)
        c = torch.cumsum(b, 2) / 12 + torch.roll(b, 2, 3)
        d = torch.cat([c.topk(5, dim=3)[0], F.pad(c, (1, 2, 0, 0), mode="replicate")[..., ::3]], 3)
        e = torch.logsumexp(d, 3).clamp(-3, 3) + d.std(3) + d.amin(3) + d.prod(3).tanh()
        e = F.softsign(self.shrink(e)) * torch.where(x[:, :3, :, 0] > 0, x[:, :3, :, 0], x[:, 1:4, :, 1]).mean(2, keepdim=True)
        f = torch.max(e, torch.roll(e, 1, 2)) - torch.min(e, e.repeat(1, 2, 1)[:, 3:]) ** 2
        g = torch.erf(f) + torch.sin(f) * torch.sqrt(f * f + 0.1) + F.hardsigmoid(f) + F.hardtanh(f) + F.gelu(f)
        return torch.log(g.abs() + 0.3).flatten(1)


class WithLrn(nn.Module):
    """Local response normalization and overlapping pools, as AlexNet had them in 2012."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(3, 24, 11, 4), nn.ReLU(), nn.LocalResponseNorm(5, 1e-1, 0.75, 2.0),
                                 nn.MaxPool2d(3, 2, ceil_mode=True), nn.Conv2d(24, 32, 5, padding=2, groups=2), nn.ReLU(),
                                 nn.LocalResponseNorm(4, 1e-1, 0.5, 1.0), nn.AvgPool2d(3, 2, 1, ceil_mode=True,
                                                                                     count_include_pad=False))
        self.head = nn.Linear(32 * 6 * 6, 30)

    def forward(self, x):
        return self.head(self.net(x).flatten(1))
