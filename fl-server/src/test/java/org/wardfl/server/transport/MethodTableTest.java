package org.wardfl.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.MethodDescriptor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.wardfl.certs.LeafProfile;
import org.wardfl.proto.wire.AdministrationGrpc;
import org.wardfl.proto.wire.EnrollmentGrpc;
import org.wardfl.proto.wire.FederationGrpc;

class MethodTableTest {

  @Test
  void everyMethodOfTheWireHasALineAndNothingElseHas() {
    var methods =
        Stream.of(
                FederationGrpc.getServiceDescriptor(),
                AdministrationGrpc.getServiceDescriptor(),
                EnrollmentGrpc.getServiceDescriptor())
            .flatMap(service -> service.getMethods().stream())
            .map(MethodDescriptor::getFullMethodName)
            .toList();
    assertThat(MethodTable.methods()).containsExactlyInAnyOrderElementsOf(methods);
  }

  @Test
  void noServerAndNoSignerCallsAnythingAndAPersonNeedsARight() {
    for (var method : MethodTable.methods()) {
      var access = MethodTable.of(method).orElseThrow();
      assertThat(access.callers())
          .as(method)
          .isNotEmpty()
          .doesNotContain(LeafProfile.SERVER, LeafProfile.SIGNER);
      assertThat(access.right().isPresent())
          .as(method)
          .isEqualTo(access.callers().contains(LeafProfile.USER));
    }
  }
}
