package org.wardfl.provisioning.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.wardfl.certs.IdentityException;

/// Logs of one owner, compared with the checkpoints that they themselves and others' logs hold.
///
/// A checkpoint counts if the key of the certificate that came with it signed it, and that
/// certificate names the log's owner. Whether the certificate was believed, whoever recorded the
/// checkpoint has asked at the time: today it may long be over.
///
/// @param logs what was found of each log
/// @param lost checkpoints of other logs of the same owners, which are none of these: a log that
///   was put away or deleted
/// @param complaints what is wrong with a witness itself, or with a checkpoint, one sentence each
public record AuditVerification(
    List<Log> logs, List<AuditCheckpoint> lost, List<String> complaints) {

  /// Copies.
  public AuditVerification {
    logs = List.copyOf(logs);
    lost = List.copyOf(lost);
    complaints = List.copyOf(complaints);
  }

  /// One log.
  ///
  /// @param file where it lies
  /// @param owner certified name; empty if the log does not say
  /// @param verdict what was found
  /// @param own how many checkpoints of its own it agrees with
  /// @param witnessed how many in others' logs it agrees with
  /// @param signed how many records, from the first, the last of all these covers
  /// @param covered how many the last that others keep covers; what follows can be cut off
  ///   unnoticed
  public record Log(
      Path file,
      Optional<String> owner,
      AuditVerdict verdict,
      int own,
      int witnessed,
      long signed,
      long covered) {

    /// Whether nothing is wrong with it.
    public boolean isWhole() {
      return verdict instanceof AuditVerdict.Whole;
    }
  }

  private record Kept(AuditCheckpoint checkpoint, Path file) {}

  /// Whether nothing is wrong.
  public boolean isGood() {
    return logs.stream().allMatch(Log::isWhole) && lost.isEmpty() && complaints.isEmpty();
  }

  /// Compares.
  ///
  /// @param files the logs, at least one
  /// @param witnesses others' logs
  /// @throws IOException if one cannot be read
  public static AuditVerification of(List<Path> files, List<Path> witnesses) throws IOException {
    var complaints = new ArrayList<String>();
    var kept = new ArrayList<Kept>();
    for (var witness : witnesses) {
      kept.addAll(checkpoints(witness, complaints));
      AuditChain.read(witness)
          .fault()
          .ifPresent(fault ->
              complaints.add(
                  witness
                      + " was itself changed at line "
                      + fault.line()
                      + ": "
                      + fault.found()
                      + "; what follows there does not count"));
    }
    var logs = new ArrayList<Log>();
    var begins = new HashSet<String>();
    for (var file : files) {
      var own = checkpoints(file, complaints);
      var chain = AuditChain.read(file);
      begins.add(chain.begins());
      logs.add(compare(file, chain, own, kept));
    }
    return new AuditVerification(logs, lost(logs, begins, kept), complaints);
  }

  /// The checkpoints in a log that are signed as they should be, as far as the log is whole.
  private static List<Kept> checkpoints(Path file, List<String> complaints) throws IOException {
    var kept = new ArrayList<Kept>();
    var _ =
        AuditChain.read(
            file,
            (count, _, line) ->
                AuditRecord.checkpoint(line)
                    .ifPresent(text -> {
                      try {
                        var checkpoint = AuditCheckpoint.fromText(text);
                        checkpoint.requireIntact();
                        kept.add(new Kept(checkpoint, file));
                      } catch (IdentityException e) {
                        complaints.add(file + " line " + count + ": " + e.getMessage());
                      }
                    }));
    return kept;
  }

  private static Log compare(Path file, AuditChain chain, List<Kept> own, List<Kept> others)
      throws IOException {
    var byCount = new TreeMap<Long, List<Kept>>();
    for (var kept : concat(own, others)) {
      if (kept.checkpoint().begins().equals(chain.begins())) {
        byCount.computeIfAbsent(kept.checkpoint().records(), _ -> new ArrayList<>()).add(kept);
      }
    }
    var heads = new HashMap<Long, String>(Map.of(0L, AuditChain.BEGINNING));
    var owner = new ArrayList<String>();
    var _ =
        AuditChain.read(
            file,
            (count, hash, line) -> {
              if (byCount.containsKey(count)) {
                heads.put(count, hash);
              }
              if (count == 1) {
                AuditRecord.owner(line).ifPresent(owner::add);
              }
            });
    var agreed = new ArrayList<Kept>();
    var verdict = verdict(chain, byCount, heads, agreed);
    int mine = (int) agreed.stream().filter(kept -> kept.file().equals(file)).count();
    return new Log(
        file,
        owner.stream().findFirst(),
        verdict,
        mine,
        agreed.size() - mine,
        reach(agreed.stream()),
        reach(agreed.stream().filter(kept -> !kept.file().equals(file))));
  }

  private static long reach(Stream<Kept> agreed) {
    return agreed.mapToLong(kept -> kept.checkpoint().records()).max().orElse(0);
  }

  private static AuditVerdict verdict(
      AuditChain chain, Map<Long, List<Kept>> byCount, Map<Long, String> heads, List<Kept> agreed) {
    if (chain.fault().isPresent()) {
      return chain.fault().get();
    }
    long good = 0;
    for (var entry : byCount.entrySet()) {
      for (var kept : entry.getValue()) {
        var checkpoint = kept.checkpoint();
        var keeper = kept.file().toString();
        if (checkpoint.records() > chain.lines()) {
          var last = last(byCount);
          return new AuditVerdict.Missing(
              chain.lines(),
              last.checkpoint().records(),
              last.checkpoint().time(),
              last.file().toString());
        }
        if (!checkpoint.head().equals(heads.get(checkpoint.records()))) {
          return new AuditVerdict.Rewritten(good, checkpoint.records(), checkpoint.time(), keeper);
        }
        agreed.add(kept);
      }
      good = entry.getKey();
    }
    return chain.verdict();
  }

  private static Kept last(Map<Long, List<Kept>> byCount) {
    return byCount.values().stream()
        .flatMap(List::stream)
        .reduce((_, later) -> later)
        .orElseThrow();
  }

  /// The last checkpoint of each other log of these owners.
  private static List<AuditCheckpoint> lost(
      List<Log> logs, Set<String> begins, Collection<Kept> kept) {
    var owners = logs.stream().flatMap(log -> log.owner().stream()).toList();
    var last = new TreeMap<String, AuditCheckpoint>();
    for (var one : kept) {
      var checkpoint = one.checkpoint();
      if (owners.contains(checkpoint.owner()) && !begins.contains(checkpoint.begins())) {
        last.put(checkpoint.begins(), checkpoint);
      }
    }
    return List.copyOf(last.values());
  }

  private static List<Kept> concat(List<Kept> some, List<Kept> more) {
    var all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }
}
