"""The filters of a search as JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from backend.catalogue.attributes import MAX_VALUE_LENGTH
from backend.catalogue.fields import MAX_ATTRIBUTE_NAME, MAX_PRICE, Canonical, Cleaned, check_product_id
from backend.catalogue.text import clean_text

MAX_VALUES = 100
MAX_IDS = 1000
MAX_TESTS = 50
MAX_NUMBER = 1e300

Price = Annotated[Decimal, Field(ge=0, le=MAX_PRICE, decimal_places=2)]
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]
Value = Annotated[str, Field(min_length=1, max_length=500), Cleaned]
Path = Annotated[str, Field(min_length=1, max_length=500), Canonical]
STORED = "stored filters"
"""Key of a validation's context that says: these were checked when they were stored, and their texts are clean."""


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str | int | float) else value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a number")
    if not abs(value) <= MAX_NUMBER:  # also what is no number
        raise ValueError("a finite number, at most 1e300")
    return float(value)


def _attribute_value(value: Any, info: ValidationInfo) -> str | float | bool:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        try:
            return _number(value)
        except ValueError as error:
            raise ValueError("a value is a text, a finite number, true or false") from error
    if info.context is not None and STORED in info.context:
        return value  # what looks like markup now is the text itself
    if len(value) > 10 * MAX_VALUE_LENGTH:
        raise ValueError(f"a text has at most {MAX_VALUE_LENGTH} characters")
    text = clean_text(value)  # as the products' own are
    if not 1 <= len(text) <= MAX_VALUE_LENGTH:
        raise ValueError(f"a text has 1 to {MAX_VALUE_LENGTH} characters; longer ones aren't compared")
    return text


def _product_ids(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(check_product_id(value) for value in values)


Values = Annotated[tuple[Value, ...], BeforeValidator(_as_list), Field(min_length=1, max_length=MAX_VALUES)]
Paths = Annotated[tuple[Path, ...], BeforeValidator(_as_list), Field(min_length=1, max_length=MAX_VALUES)]
_VALUE_SCHEMA = {
    "anyOf": [{"type": "string", "maxLength": MAX_VALUE_LENGTH}, {"type": "number"}, {"type": "boolean"}]
}
AttributeValue: TypeAlias = Annotated[
    str | float | bool, PlainValidator(_attribute_value), WithJsonSchema(_VALUE_SCHEMA)
]
AttributeValues = Annotated[
    tuple[AttributeValue, ...], BeforeValidator(_as_list), Field(min_length=1, max_length=MAX_VALUES)
]
Number = Annotated[float, PlainValidator(_number), WithJsonSchema({"type": "number"})]
Ids = Annotated[tuple[str, ...], BeforeValidator(_as_list), AfterValidator(_product_ids)]


class SimpleFilters(BaseModel):
    """What a product must be to appear. Fields are joined by and, the values of one field by or."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, serialize_by_alias=True)

    min_price: Price | None = Field(
        default=None, description="Lowest price, included. Unpriced products are left out."
    )
    max_price: Price | None = Field(default=None, description="Highest price, included.")
    on_sale: bool | None = Field(
        default=None, description="True: only products whose price is below their list price; false: only others."
    )
    min_discount: Percent | None = Field(
        default=None, description="Least percent by which the price is below the list price; 20 is a fifth."
    )
    max_discount: Percent | None = Field(
        default=None, description="Most percent, included. Products that aren't on sale are left out by either."
    )
    in_stock: bool | None = Field(
        default=None, description="True: only products that can be bought now; false: only others."
    )
    min_rating: Annotated[float, Field(ge=0, le=5)] | None = None
    category: Paths | None = Field(
        default=None, description="A path such as `Electronics > Audio`; descendants are included."
    )
    brand: Values | None = Field(default=None, description="One or several; case doesn't matter.")
    merchant: Values | None = None
    colour: Values | None = None
    size: Values | None = None

    @model_validator(mode="after")
    def _range(self) -> SimpleFilters:
        if self.min_price is not None and self.max_price is not None and self.min_price > self.max_price:
            raise ValueError("min_price is above max_price")
        if self.min_discount is not None and self.max_discount is not None and self.min_discount > self.max_discount:
            raise ValueError("min_discount is above max_discount")
        return self


class AttributeFilter(BaseModel):
    """What one attribute must be: its conditions are joined by and. Of a list, one value that passes is enough."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, serialize_by_alias=True, json_schema_extra={"minProperties": 1}
    )

    equals: AttributeValue | None = Field(default=None, description="This value; texts ignore case.")
    any_of: AttributeValues | None = Field(default=None, alias="in", description="One of these values.")
    none_of: AttributeValues | None = Field(
        default=None, alias="not", description="None of these values; products without the attribute pass."
    )
    min: Number | None = Field(default=None, description="Lowest number, included.")
    max: Number | None = Field(default=None, description="Highest number, included.")
    exists: bool | None = Field(default=None, strict=True, description="Whether the product has the attribute.")

    @model_validator(mode="after")
    def _makes_sense(self) -> AttributeFilter:
        asked = {name for name in AttributeFilter.model_fields if getattr(self, name) is not None}
        if not asked:
            raise ValueError("say what the attribute must be: equals, in, not, min, max or exists")
        if self.equals is not None and self.any_of is not None:
            raise ValueError("equals and in exclude each other")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is above max")
        if self.exists is False and asked & {"equals", "any_of", "min", "max"}:
            raise ValueError("an attribute that doesn't exist has no value")
        return self


class Unwanted(BaseModel):
    """Values that a product must not have; products without a value pass."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    category: Paths | None = Field(default=None, description="Descendants are left out too.")
    brand: Values | None = None
    merchant: Values | None = None
    colour: Values | None = None
    size: Values | None = None


class SearchFilters(SimpleFilters):
    """What a product must be to appear. Fields are joined by and, the values of one field by or."""

    attributes: Annotated[
        dict[Annotated[str, Field(min_length=1, max_length=MAX_ATTRIBUTE_NAME), Cleaned], AttributeFilter],
        Field(max_length=MAX_TESTS),
    ] = Field(
        default_factory=dict,
        description="Conditions on the products' own attributes, by name.",
        examples=[{"material": {"in": ["cotton", "wool"]}, "weight_g": {"max": 500}, "waterproof": {"equals": True}}],
    )
    unwanted: Unwanted = Field(default=Unwanted(), alias="not")
    ids: Annotated[Ids, Field(max_length=MAX_IDS)] | None = Field(
        default=None, description="Only these products; unknown ids are passed over."
    )
    exclude_ids: Annotated[Ids, Field(max_length=MAX_IDS)] = Field(default=(), description="Not these products.")

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Return the same: nothing changes filters, and each request without any would copy the default ones."""
        return self
