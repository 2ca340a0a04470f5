"""botocore's model of Bedrock as a judge: of requests, of whole answers, of frames."""

from __future__ import annotations

from base64 import b64decode
from functools import cache
from typing import Any

from botocore.eventstream import EventStreamBuffer
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel
from botocore.parsers import EventStreamJSONParser, RestJSONParser
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator


@cache
def service() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("bedrock-runtime", "service-2"))


def operation(*, stream: bool) -> OperationModel:
    return service().operation_model("ConverseStream" if stream else "Converse")


def parameters(body: dict[str, Any], model: str) -> dict[str, Any]:
    """What a user of botocore gives for the same request: bytes where the wire has base64."""
    messages = [
        {**message, "content": [_decoded(part) for part in message["content"]]}
        for message in body["messages"]
    ]
    return {**body, "messages": messages, "modelId": model}


def _decoded(part: dict[str, Any]) -> dict[str, Any]:
    source = part.get("image", {}).get("source", {})
    if "bytes" not in source:
        return part
    return {"image": {**part["image"], "source": {"bytes": b64decode(source["bytes"])}}}


def converse(body: dict[str, Any], model: str = "m", *, stream: bool = True) -> dict[str, Any]:
    """The request that botocore itself would send; AssertionError where its model refuses ours."""
    shape = operation(stream=stream)
    given = parameters(body, model)
    report = ParamValidator().validate(given, shape.input_shape)
    assert not report.has_errors(), report.generate_report()
    made: dict[str, Any] = create_serializer("rest-json").serialize_to_request(given, shape)
    return made


def whole(data: bytes) -> dict[str, Any]:
    """A whole answer as botocore reads it."""
    response = {"status_code": 200, "headers": {}, "body": data}
    read: dict[str, Any] = RestJSONParser().parse(response, operation(stream=False).output_shape)
    return read


def frames(data: bytes, shape: str = "ConverseStreamOutput") -> list[dict[str, Any]]:
    """The events of a stream as botocore reads them."""
    buffer, parser = EventStreamBuffer(), EventStreamJSONParser()
    buffer.add_data(data)
    return [parser.parse(m.to_response_dict(), service().shape_for(shape)) for m in buffer]
