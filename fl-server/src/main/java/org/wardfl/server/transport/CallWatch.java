package org.wardfl.server.transport;

import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;

/// What becomes of calls: those that are over make room, those that are refused or broken off in
/// bad faith are recorded.
final class CallWatch {

  private final LiveCalls live;
  private final CallRefusals refusals;
  private final TransportLimits limits;

  CallWatch(LiveCalls live, CallRefusals refusals, TransportLimits limits) {
    this.live = live;
    this.refusals = refusals;
    this.limits = limits;
  }

  void over(GuardedCall<?, ?> call) {
    live.leave(call);
  }

  /// The other side broke the call off, or the network layer did.
  void broken(GuardedCall<?, ?> call, CallTrace trace) {
    var caller = call.caller();
    if (trace.hadOversizeMessage()) {
      record(
          caller.toString(),
          call.getMethodDescriptor().getFullMethodName(),
          new Refusal(
              Reason.MALFORMED, "a message of more than " + Protocol.MAX_MESSAGE_BYTES + " bytes"));
    } else if (caller.reset(limits)) {
      record(
          caller.toString(),
          "connection",
          new Refusal(
              Reason.BUSY,
              limits.resetsPerWindow()
                  + " calls were reset within "
                  + limits.resetWindow().toSeconds()
                  + " s"));
    }
  }

  /// Records a refusal that was the caller's doing.
  void record(String caller, String action, Refusal refusal) {
    boolean callersDoing =
        switch (refusal.reason()) {
          case IDENTITY,
              PERMISSION,
              IMPERSONATION,
              PROTOCOL_VERSION,
              OTHER_INSTANCE,
              MALFORMED,
              NOT_FOUND,
              OBSOLETE,
              HASH_MISMATCH,
              QUOTA,
              BUSY,
              TOO_SLOW,
              JOB_REFUSED ->
              true;
          case REPLACED, STORAGE, INTERNAL -> false;
        };
    if (callersDoing) {
      refusals.refused(caller, action, refusal);
    }
  }
}
