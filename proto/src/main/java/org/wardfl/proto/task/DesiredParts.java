package org.wardfl.proto.task;

import com.google.protobuf.CodedOutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.wardfl.proto.WireException;

/// A desired state in as many messages as it needs: a message has a greatest size, and what people
/// submit has none.
///
/// Messages are made one by one, as they are asked for. Not thread-safe.
public final class DesiredParts implements Iterator<org.wardfl.proto.wire.DesiredState> {

  private final DesiredState state;
  private final int mostBytes;
  private final boolean several;
  private int next;
  private boolean done;

  /// The parts of a state.
  ///
  /// @param mostBytes of one message; a single job that is larger is left out
  /// @param several whether there may be several; otherwise there is one, with the first jobs
  public DesiredParts(DesiredState state, int mostBytes, boolean several) {
    this.state = state;
    this.mostBytes = mostBytes;
    this.several = several;
  }

  @Override
  public boolean hasNext() {
    return !done;
  }

  @Override
  public org.wardfl.proto.wire.DesiredState next() {
    if (done) {
      throw new NoSuchElementException("the last part was taken");
    }
    var part =
        org.wardfl.proto.wire.DesiredState.newBuilder()
            .setEpoch(state.epoch())
            .setVersion(state.version());
    int room = mostBytes - part.setMore(true).build().getSerializedSize();
    boolean full = false;
    while (next < state.jobs().size() && !full) {
      var job = TaskCodec.toWire(state.jobs().get(next));
      int bytes = 1 + CodedOutputStream.computeMessageSizeNoTag(job);
      boolean fits = bytes <= room;
      full = !fits && part.getJobsCount() > 0;
      if (fits) {
        part.addJobs(job);
        room -= bytes;
      }
      next += full ? 0 : 1;
    }
    done = !several || !full;
    return part.setMore(!done).build();
  }

  /// Puts the parts of states together again. Not thread-safe.
  public static final class Assembly {

    private final List<DesiredState.DesiredJob> jobs = new ArrayList<>();
    private long version;

    /// An empty one.
    public Assembly() {}

    /// Takes a part. One of another version than those before begins anew.
    ///
    /// @return the state, if this was its last part
    /// @throws WireException if the part cannot be read, or there are more than 10,000 jobs
    public Optional<DesiredState> add(org.wardfl.proto.wire.DesiredState wire)
        throws WireException {
      var part = TaskCodec.fromWire(wire);
      if (part.version() != version) {
        jobs.clear();
        version = part.version();
      }
      jobs.addAll(part.jobs());
      if (jobs.size() > DesiredState.MOST_JOBS) {
        jobs.clear();
        throw new WireException("a desired state of more than " + DesiredState.MOST_JOBS + " jobs");
      }
      if (wire.getMore()) {
        return Optional.empty();
      }
      var whole = new DesiredState(part.epoch(), part.version(), jobs);
      jobs.clear();
      return Optional.of(whole);
    }
  }
}
