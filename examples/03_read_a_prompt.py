"""What the studio understands of a prompt, and where it is probably not what was meant."""

from velatura import TextOptions, read_prompt

reading = read_prompt("a (red:1.3) [apple:tomato:0.5] | still life", 20, 1, TextOptions())
for part in reading.parts:
    for entry in part.schedule:
        print(f"steps {entry.steps}: {entry.text}")
for warning in reading.warnings:
    print(f"at character {warning.position + 1}: {warning.message}")
