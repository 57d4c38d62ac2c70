"""The tone formulas once more, one number at a time: what any other language computes.

Only +, -, *, / and comparisons of doubles are used besides pow and tan, so that a table made
elsewhere is the same to the last entry.
"""

from __future__ import annotations

import math
import struct

WHEEL = ("red", "yellow", "green", "cyan", "blue", "magenta")


def single(value):
    """The nearest number in single precision, as a double: ``Math.fround``."""
    return struct.unpack("f", struct.pack("f", value))[0]


def stored(value, top=255):
    """Clamped, then rounded, halves to even."""
    return round(min(max(value, 0.0), 1.0) * top)


def table(adjustment, top=255):
    tone = {"levels": levels, "curves": curve, "brightness_contrast": brightness_contrast}
    change = tone[adjustment.kind](adjustment)
    return [stored(change(single(code / top)), top) for code in range(top + 1)]


def levels(a):
    def change(v):
        v = v - a.low_input
        if a.high_input != a.low_input:
            v /= a.high_input - a.low_input
        low, high = (0.0, 1.0) if a.clamp_input else (-1e30, 1e30)
        v = min(max(v, low), high)
        if a.gamma != 1 and v > 0:
            v = v ** (1 / a.gamma)
        v = a.low_output + v * (a.high_output - a.low_output)
        return min(max(v, 0.0), 1.0) if a.clamp_output else v

    return change


def brightness_contrast(a):
    def change(v):
        half = a.brightness / 2
        v = v * (1 + half) if half < 0 else v + (1 - v) * half
        return (v - 0.5) * math.tan((a.contrast + 1) * math.pi / 4) + 0.5

    return change


def curve(a):
    samples = list(a.values) if a.type == "freehand" else smooth(a.points)

    def change(v):
        place = min(max(v, 0.0), 1.0) * 255
        below = min(int(place), 254)
        share = place - below
        return (1 - share) * samples[below] + share * samples[below + 1]

    return change


def smooth(points):
    points = sorted(points, key=lambda point: point[0])

    def index(x):
        return int(255 * x + 0.5)

    samples = []
    for code in range(256):
        samples.append(points[0][1] if code < index(points[0][0]) else points[-1][1])
    for number in range(len(points) - 1):
        start, end = points[number], points[number + 1]
        before = points[number - 1] if number and start[2:] != ("corner",) else None
        is_last = number + 2 == len(points)
        after = None if is_last or end[2:] == ("corner",) else points[number + 2]
        bezier(samples, index, (before, start, end, after))
    for point in points:
        samples[index(point[0])] = point[1]
    return samples


def bezier(samples, index, four):
    before, (x0, y0, *_), (x3, y3, *_), after = four
    dx, dy = x3 - x0, y3 - y0
    if dx <= 1e-6:
        samples[index(x0)] = y3
        return
    if before and after:
        y1 = y0 + (y3 - before[1]) / (x3 - before[0]) * (dx / 3)
        y2 = y3 - (after[1] - y0) / (after[0] - x0) * (dx / 3)
    elif before:
        y1 = y0 + (y3 - before[1]) / (x3 - before[0]) * (dx / 3)
        y2 = y3 + (y1 - y3) / 2
    elif after:
        y2 = y3 - (after[1] - y0) / (after[0] - x0) * (dx / 3)
        y1 = y0 + (y2 - y0) / 2
    else:
        y1, y2 = y0 + dy / 3, y0 + 2 * dy / 3
    for j in range(index(dx) + 1):
        if j + index(x0) > 255:
            break
        t = j / (255 * dx)
        s = 1 - t
        y = y0 * s * s * s + 3 * y1 * s * s * t + 3 * y2 * s * t * t + y3 * t * t * t
        samples[j + index(x0)] = min(max(y, 0.0), 1.0)


def hue_saturation(a, rgb, top=255):
    """One colour of whole numbers, after the change."""
    x, strength, light = to_hsl(*(single(code / top) for code in rgb))
    weight = range_weight(a, x)
    x += weight * (a.hue / 180) * 3
    x = x + 6 if x < 0 else x - 6 if x > 6 else x
    stronger = min(max(strength * (1 + a.saturation / 100), 0.0), 1.0)
    strength = weight * stronger + (1 - weight) * strength
    lift = a.lightness / 200
    lit = light * (1 + lift) if lift < 0 else light + lift * (1 - light)
    light = weight * lit + (1 - weight) * light
    return [stored(value, top) for value in to_rgb(x, strength, light)]


def to_hsl(red, green, blue):
    """Hue in sixths of the circle, saturation, lightness."""
    largest, smallest = max(red, green, blue), min(red, green, blue)
    spread, total = largest - smallest, largest + smallest
    light = total / 2
    if spread == 0:
        return 0.0, 0.0, light
    strength = spread / (total if light <= 0.5 else 2 - total)
    if red == largest:
        x = (green - blue) / spread
    elif green == largest:
        x = 2 + (blue - red) / spread
    else:
        x = 4 + (red - green) / spread
    return x + 6 if x < 0 else x, strength, light


def to_rgb(x, strength, light):
    upper = light * (1 + strength) if light <= 0.5 else light + strength - light * strength
    lower = 2 * light - upper
    for around in (x + 2, x, x - 2):
        around = around - 6 if around >= 6 else around + 6 if around < 0 else around
        yield lower + (upper - lower) * min(max(min(around, 4 - around), 0.0), 1.0)


def range_weight(a, x):
    if a.range == "all":
        return 1.0
    o = a.overlap / 100
    k = next(k for k in range(7) if x < k + 0.5 + o / 2)
    second = max((x - k - 0.5 + o / 2) / o, 0.0) if o else 0.0
    weights = {WHEEL[(k + 1) % 6]: second, WHEEL[k % 6]: 1 - second}
    return weights.get(a.range, 0.0)


def auto_levels(counts):
    """The two inputs for a channel with these counts."""
    total, last = sum(counts), len(counts) - 1
    if not total:
        return 0.0, 0.0
    low, high, passed = 0.0, 1.0, 0
    for i in range(last):
        passed += counts[i]
        if abs(passed / total - 0.006) < abs((passed + counts[i + 1]) / total - 0.006):
            low = (i + 1) / last
            break
    passed = 0
    for i in range(last, 0, -1):
        passed += counts[i]
        if abs(passed / total - 0.006) < abs((passed + counts[i - 1]) / total - 0.006):
            high = (i - 1) / last
            break
    return low, high
