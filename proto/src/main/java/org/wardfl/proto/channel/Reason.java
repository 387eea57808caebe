package org.wardfl.proto.channel;

import io.grpc.Status;
import org.wardfl.proto.wire.ErrorReason;

/// Why a call was refused, and what its caller does about it. The list is closed: error.proto.
public enum Reason {
  /// The certificate is not believed.
  IDENTITY(ErrorReason.ERROR_REASON_IDENTITY, Status.Code.UNAUTHENTICATED, false),
  /// The role has no right to this.
  PERMISSION(ErrorReason.ERROR_REASON_PERMISSION, Status.Code.PERMISSION_DENIED, false),
  /// The message speaks for somebody else.
  IMPERSONATION(ErrorReason.ERROR_REASON_IMPERSONATION, Status.Code.PERMISSION_DENIED, false),
  /// There is no common version of the protocol.
  PROTOCOL_VERSION(
      ErrorReason.ERROR_REASON_PROTOCOL_VERSION, Status.Code.FAILED_PRECONDITION, false),
  /// Another instance of the site is connected.
  OTHER_INSTANCE(ErrorReason.ERROR_REASON_OTHER_INSTANCE, Status.Code.ALREADY_EXISTS, false),
  /// A later start of this instance took over.
  REPLACED(ErrorReason.ERROR_REASON_REPLACED, Status.Code.ABORTED, false),
  /// The message breaks a rule.
  MALFORMED(ErrorReason.ERROR_REASON_MALFORMED, Status.Code.INVALID_ARGUMENT, false),
  /// There is no such thing, or it is none of the caller's business.
  NOT_FOUND(ErrorReason.ERROR_REASON_NOT_FOUND, Status.Code.NOT_FOUND, false),
  /// Nobody waits for it any more.
  OBSOLETE(ErrorReason.ERROR_REASON_OBSOLETE, Status.Code.FAILED_PRECONDITION, false),
  /// The bytes have another hash.
  HASH_MISMATCH(ErrorReason.ERROR_REASON_HASH_MISMATCH, Status.Code.DATA_LOSS, true),
  /// A quota of the caller's is used up.
  QUOTA(ErrorReason.ERROR_REASON_QUOTA, Status.Code.RESOURCE_EXHAUSTED, true),
  /// Too much at once.
  BUSY(ErrorReason.ERROR_REASON_BUSY, Status.Code.RESOURCE_EXHAUSTED, true),
  /// Bytes came too slowly.
  TOO_SLOW(ErrorReason.ERROR_REASON_TOO_SLOW, Status.Code.DEADLINE_EXCEEDED, true),
  /// The server cannot write, or is stopping.
  STORAGE(ErrorReason.ERROR_REASON_STORAGE, Status.Code.UNAVAILABLE, true),
  /// The job package is not accepted.
  JOB_REFUSED(ErrorReason.ERROR_REASON_JOB_REFUSED, Status.Code.FAILED_PRECONDITION, false),
  /// A defect.
  INTERNAL(ErrorReason.ERROR_REASON_INTERNAL, Status.Code.INTERNAL, true);

  private final ErrorReason wire;
  private final Status.Code code;
  private final boolean passes;

  Reason(ErrorReason wire, Status.Code code, boolean passes) {
    this.wire = wire;
    this.code = code;
    this.passes = passes;
  }

  ErrorReason wire() {
    return wire;
  }

  /// The gRPC status that goes with it.
  public Status.Code code() {
    return code;
  }

  /// Whether the same call may succeed later.
  public boolean mayPass() {
    return passes;
  }

  static Reason ofWire(ErrorReason wire) {
    for (var reason : values()) {
      if (reason.wire == wire) {
        return reason;
      }
    }
    return INTERNAL;
  }
}
