package org.wardfl.certs;

import java.math.BigInteger;
import java.time.Instant;

/// A certificate that is valid no more.
///
/// @param serial its serial number
/// @param time since when
public record Revocation(BigInteger serial, Instant time) {}
