package org.wardfl.server.transport;

import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Services whose calls get null instead of bytes that are no message of theirs. gRPC itself takes
/// such bytes for a defect of the server: it would log a stack trace for each and give no reason.
final class LenientParsing {

  private LenientParsing() {}

  static ServerServiceDefinition of(ServerServiceDefinition service) {
    var descriptor =
        ServiceDescriptor.newBuilder(service.getServiceDescriptor().getName())
            .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
    var methods = service.getMethods().stream().map(LenientParsing::lenient).toList();
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    var lenient = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(lenient::addMethod);
    return lenient.build();
  }

  private static <Q, A> ServerMethodDefinition<Q, A> lenient(ServerMethodDefinition<Q, A> method) {
    var descriptor = method.getMethodDescriptor();
    return ServerMethodDefinition.create(
        descriptor.toBuilder()
            .setRequestMarshaller(new OrNull<>(descriptor.getRequestMarshaller()))
            .build(),
        method.getServerCallHandler());
  }

  private record OrNull<T>(MethodDescriptor.Marshaller<T> strict)
      implements MethodDescriptor.Marshaller<T> {

    @Override
    public InputStream stream(T value) {
      return strict.stream(value);
    }

    @Override
    public @Nullable T parse(InputStream stream) {
      try {
        return strict.parse(stream);
      } catch (StatusRuntimeException _) {
        return null;
      }
    }
  }
}
