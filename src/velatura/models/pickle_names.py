"""Names that model files may say. Nothing of it is ever imported on that account.

The list is what ``torch.save`` writes for weights, and what training programs are known to leave
beside them: PyTorch Lightning's callbacks in the Stable Diffusion releases and their descendants
(F222, Openjourney), numpy numbers, omegaconf configurations, optimiser states.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTAINERS: Mapping[str, type] = {
    "builtins.dict": dict,
    "builtins.frozenset": frozenset,
    "builtins.list": list,
    "builtins.set": set,
    "builtins.tuple": tuple,
    "collections.OrderedDict": dict,
    "collections.defaultdict": dict,
    "torch.Size": tuple,
}
"""What becomes a container of our own."""

STORAGES: Mapping[str, str] = {
    "torch.DoubleStorage": "F64",
    "torch.FloatStorage": "F32",
    "torch.HalfStorage": "F16",
    "torch.BFloat16Storage": "BF16",
    "torch.LongStorage": "I64",
    "torch.IntStorage": "I32",
    "torch.ShortStorage": "I16",
    "torch.CharStorage": "I8",
    "torch.ByteStorage": "U8",
    "torch.BoolStorage": "BOOL",
    "torch.storage.UntypedStorage": "U8",
    "torch.UntypedStorage": "U8",
}
"""Storage class -> the type of its elements."""

ELEMENT_TYPES: Mapping[str, str] = {
    "torch.float64": "F64",
    "torch.float32": "F32",
    "torch.float16": "F16",
    "torch.bfloat16": "BF16",
    "torch.float8_e4m3fn": "F8_E4M3",
    "torch.float8_e5m2": "F8_E5M2",
    "torch.int64": "I64",
    "torch.int32": "I32",
    "torch.int16": "I16",
    "torch.int8": "I8",
    "torch.uint8": "U8",
    "torch.uint16": "U16",
    "torch.uint32": "U32",
    "torch.uint64": "U64",
    "torch.bool": "BOOL",
}
"""torch's name of an element type -> that of safetensors."""

REBUILDERS = frozenset(
    {
        "torch._tensor._rebuild_from_type_v2",
        "torch._utils._rebuild_parameter",
        "torch._utils._rebuild_parameter_with_state",
        "torch._utils._rebuild_tensor",
        "torch._utils._rebuild_tensor_v2",
        "torch._utils._rebuild_tensor_v3",
    }
)
"""Functions that make a tensor of a storage; the reader has its own."""

LEFTOVERS = frozenset(
    {
        "_codecs.encode",
        "argparse.Namespace",
        "builtins.bool",
        "builtins.bytearray",
        "builtins.bytes",
        "builtins.complex",
        "builtins.float",
        "builtins.int",
        "builtins.object",
        "builtins.range",
        "builtins.slice",
        "builtins.str",
        "datetime.date",
        "datetime.datetime",
        "datetime.timedelta",
        "omegaconf.base.Container",
        "omegaconf.base.ContainerMetadata",
        "omegaconf.base.Metadata",
        "omegaconf.base.Node",
        "omegaconf.dictconfig.DictConfig",
        "omegaconf.listconfig.ListConfig",
        "omegaconf.nodes.AnyNode",
        "omegaconf.nodes.BooleanNode",
        "omegaconf.nodes.FloatNode",
        "omegaconf.nodes.IntegerNode",
        "omegaconf.nodes.StringNode",
        "omegaconf.nodes.ValueNode",
        "pathlib.Path",
        "pathlib.PosixPath",
        "pathlib.PurePosixPath",
        "pathlib.PureWindowsPath",
        "pathlib.WindowsPath",
        "pytorch_lightning.utilities.parsing.AttributeDict",
        "torch.device",
        "torch.nn.modules.container.ParameterDict",
        "torch.nn.modules.container.ParameterList",
        "torch.nn.parameter.Parameter",
        "torch.optim.adam.Adam",
        "torch.optim.adamw.AdamW",
        "torch.optim.lr_scheduler.LambdaLR",
        "torch.optim.optimizer._RequiredParameter",
        "torch.optim.sgd.SGD",
        "torch.strided",
        "torch.Tensor",
        "torch._tensor.Tensor",
        "typing.Any",
        "uuid.UUID",
    }
)
"""What training leaves behind; each becomes an inert placeholder."""

NUMPY = frozenset(
    f"numpy.{name}"
    for name in (
        "dtype",
        "ndarray",
        *(
            f"{core}.multiarray.{function}"
            for core in ("core", "_core")
            for function in ("_reconstruct", "scalar")
        ),
        *("bool_", "bool", "float16", "float32", "float64", "int8", "int16", "int32", "int64"),
        *("uint8", "uint16", "uint32", "uint64", "str_"),
        *(f"dtypes.{kind}DType" for kind in ("Float16", "Float32", "Float64", "Int32", "Int64")),
    )
)
"""numpy's numbers and arrays; inert placeholders as well."""

LIGHTNING = frozenset(
    f"{package}.{callback}"
    for package in ("pytorch_lightning.callbacks", "lightning.pytorch.callbacks")
    for callback in (
        "base.Callback",
        "early_stopping.EarlyStopping",
        "ema.EMA",
        "gradient_accumulation_scheduler.GradientAccumulationScheduler",
        "lr_monitor.LearningRateMonitor",
        "model_checkpoint.ModelCheckpoint",
        "model_summary.ModelSummary",
        "progress.tqdm_progress.TQDMProgressBar",
        "timer.Timer",
    )
)
"""PyTorch Lightning's callbacks; they are the keys of a table in many checkpoints."""

KNOWN = (
    frozenset({*CONTAINERS, *STORAGES, *ELEMENT_TYPES}) | REBUILDERS | LEFTOVERS | NUMPY | LIGHTNING
)
"""Every name that may occur."""
