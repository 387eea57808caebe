package org.wardfl.server.service;

import com.google.protobuf.Empty;
import io.grpc.stub.StreamObserver;
import org.wardfl.certs.Peer;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.wire.EnrollmentGrpc;
import org.wardfl.proto.wire.RenewalAnswer;
import org.wardfl.proto.wire.RenewalRequest;
import org.wardfl.proto.wire.RenewalStatus;
import org.wardfl.proto.wire.RequestAnswer;
import org.wardfl.proto.wire.RequestList;
import org.wardfl.server.transport.PeerGate;

/// The life of a certificate over the wire: [Renewals] decides.
public final class EnrollmentService extends EnrollmentGrpc.EnrollmentImplBase {

  private static final String PROJECT_ADMIN = "project_admin";

  private final Renewals renewals;

  /// A service.
  public EnrollmentService(Renewals renewals) {
    this.renewals = renewals;
  }

  @Override
  public void request(RenewalRequest request, StreamObserver<RenewalStatus> out) {
    Calls.answer(
        out,
        () ->
            RenewalStatus.newBuilder()
                .setAnswered(
                    renewals.request(PeerGate.caller(), request.getRequest().toByteArray()))
                .build());
  }

  @Override
  public void collect(Empty request, StreamObserver<RenewalAnswer> out) {
    Calls.answer(out, () -> renewals.answer(PeerGate.caller().name()));
  }

  @Override
  public void listRequests(Empty request, StreamObserver<RequestList> out) {
    Calls.answer(
        out,
        () -> {
          projectAdmin();
          return RequestList.newBuilder().addAllRequests(renewals.waiting()).build();
        });
  }

  @Override
  public void answer(RequestAnswer request, StreamObserver<Empty> out) {
    Calls.answer(
        out,
        () -> {
          renewals.take(projectAdmin(), request.getName(), request.getUpdate().toByteArray());
          return Empty.getDefaultInstance();
        });
  }

  /// Who certifies is not a matter of rights: there is one who holds the authorities.
  private static Peer projectAdmin() throws Calls.Refused {
    var caller = PeerGate.caller();
    if (!caller.name().role().equals(PROJECT_ADMIN)) {
      throw new Calls.Refused(
          Reason.PERMISSION,
          caller.name().role() + " may not answer requests; the project admin does");
    }
    return caller;
  }
}
