package org.wardfl.algo.conformance;

/// A group of rules for one algorithm.
interface ConformanceRules extends ConformanceSubject {

  /// What the rules work with, new for each test.
  Bench bench();
}
