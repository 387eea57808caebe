package org.wardfl.server.service;

import io.grpc.stub.StreamObserver;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.certs.LeafProfile;
import org.wardfl.proto.WireException;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.proto.job.JobId;
import org.wardfl.server.transport.PeerGate;

/// What the services' methods have in common.
final class Calls {

  private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

  private Calls() {}

  /// A call that is refused.
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    Refused(Reason reason, String message) {
      this(new Refusal(reason, message));
    }

    Refused(Refusal refusal) {
      super(refusal.message());
      this.refusal = refusal;
    }
  }

  /// The work of a call.
  interface Work<A> {
    A answer() throws Refused, IOException, WireException, InterruptedException;
  }

  /// Does the work of a call with one answer.
  static <A> void answer(StreamObserver<A> observer, Work<A> work) {
    try {
      var answer = work.answer();
      observer.onNext(answer);
      observer.onCompleted();
    } catch (Exception e) {
      // Whatever happens must end the call.
      observer.onError(refusal(e).exception());
    }
  }

  /// What the caller is told of a failure.
  static Refusal refusal(Exception failure) {
    return switch (failure) {
      case Refused refused -> refused.refusal;
      case WireException e -> new Refusal(Reason.MALFORMED, String.valueOf(e.getMessage()));
      case IOException e -> {
        LOG.atError().setCause(e).log("a call failed: the server cannot read or write");
        yield new Refusal(Reason.STORAGE, "the server cannot read or write its files");
      }
      case InterruptedException _ -> {
        Thread.currentThread().interrupt();
        yield new Refusal(Reason.STORAGE, "the server is stopping");
      }
      default -> {
        LOG.atError().setCause(failure).log("a call failed");
        yield new Refusal(Reason.INTERNAL, "a defect in the server; its log has the cause");
      }
    };
  }

  /// The site that calls.
  static SiteName site() throws Refused {
    var name = PeerGate.caller().name();
    if (name.profile() != LeafProfile.SITE) {
      throw new Refused(Reason.PERMISSION, name.role() + " may not do what sites do");
    }
    return new SiteName(name.name());
  }

  static boolean isSite() {
    return PeerGate.caller().name().profile() == LeafProfile.SITE;
  }

  static JobId job(String text) throws WireException {
    try {
      return new JobId(text);
    } catch (IllegalArgumentException e) {
      throw new WireException("job id: " + e.getMessage(), e);
    }
  }

  /// The hash as text for a message.
  static String shortly(ModelHash hash) {
    return hash.hex().substring(0, 12);
  }
}
