package org.wardfl.server.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.server.report.RunReport.Fact;
import org.wardfl.server.result.RunRecord;

/// The facts that let a run be named, checked and run again.
final class RunFacts {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final List<Fact> facts = new ArrayList<>();

  private RunFacts() {}

  static List<Fact> of(RunRecord record) {
    var facts = new RunFacts();
    var definition = record.definition();
    facts.add("Job", record.id().value());
    facts.add("Study", definition.study());
    facts.add("Submitted by", record.submitter());
    facts.add("Algorithm", algorithm(definition.algorithm()));
    facts.add("Dataset", definition.data().dataset());
    facts.add("Seed", String.valueOf(definition.seed()));
    facts.add("Updates that a round needs", String.valueOf(definition.minSites()));
    if (definition.sample() > 0) {
      facts.add("Sites drawn for a round", String.valueOf(definition.sample()));
    }
    record.model().ifPresent(hash -> facts.add("Last model (SHA-256)", hash.toString()));
    record.best().ifPresent(best -> facts.add("Best model (SHA-256)", best.model().toString()));
    facts.add("Ward", record.environment().ward());
    facts.add("Java", record.environment().java());
    facts.add("System", record.environment().os());
    facts.add("Processor", record.environment().cpu());
    facts.time("Submitted", Optional.of(record.submitted()));
    facts.time("Started", record.started());
    facts.time("Finished", record.finished());
    return facts.facts;
  }

  private void add(String name, String value) {
    if (!value.isBlank()) {
      facts.add(new Fact(name, value));
    }
  }

  private void time(String name, Optional<Instant> time) {
    time.ifPresent(instant -> add(name, TIME.format(instant)));
  }

  private static String algorithm(AlgorithmDefinition algorithm) {
    return algorithm
        .className()
        .map(name -> algorithm.type() + ": " + name)
        .orElse(algorithm.type());
  }
}
