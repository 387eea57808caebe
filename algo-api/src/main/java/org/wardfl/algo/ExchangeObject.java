package org.wardfl.algo;

/// What an algorithm and the platform hand each other.
///
/// MONAI has one dictionary with optional `weights`, `metrics` and `statistics`
/// (`monai/fl/utils/exchange_object.py`); here each is a type of its own, so an object with half of
/// its parts cannot exist.
public sealed interface ExchangeObject permits ModelPayload, Metrics, DataStats {}
