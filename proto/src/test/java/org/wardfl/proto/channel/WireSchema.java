package org.wardfl.proto.channel;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Message;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.wardfl.proto.wire.AdministrationOuterClass;
import org.wardfl.proto.wire.EnrollmentOuterClass;
import org.wardfl.proto.wire.ErrorDetail;
import org.wardfl.proto.wire.FederationOuterClass;

/// What the wire is made of, one line for each method, field and word: what two versions must agree
/// about.
final class WireSchema {

  static final String FILE = "schema.txt";

  private WireSchema() {}

  /// The lines of today's wire, sorted.
  static Set<String> lines() {
    var lines = new TreeSet<String>();
    var seen = new LinkedHashSet<Descriptor>();
    for (FileDescriptor file :
        List.of(
            FederationOuterClass.getDescriptor(),
            AdministrationOuterClass.getDescriptor(),
            EnrollmentOuterClass.getDescriptor())) {
      for (var service : file.getServices()) {
        for (var method : service.getMethods()) {
          lines.add(line(method));
          follow(method.getInputType(), seen, lines);
          follow(method.getOutputType(), seen, lines);
        }
      }
    }
    follow(ErrorDetail.getDescriptor(), seen, lines);
    return lines;
  }

  /// The lines of the fields that a message and the messages in it set.
  static void collect(Message message, Set<String> lines) {
    message
        .getAllFields()
        .forEach((field, value) -> {
          lines.add(line(field));
          if (value instanceof List<?> list) {
            list.forEach(element -> collectIn(element, lines));
          } else {
            collectIn(value, lines);
          }
        });
  }

  private static void collectIn(Object value, Set<String> lines) {
    if (value instanceof Message inner) {
      collect(inner, lines);
    }
  }

  static boolean isField(String line) {
    return line.startsWith("field ");
  }

  private static void follow(Descriptor type, Set<Descriptor> seen, Set<String> lines) {
    if (!seen.add(type)) {
      return;
    }
    for (var field : type.getFields()) {
      lines.add(line(field));
      switch (field.getJavaType()) {
        case MESSAGE -> follow(field.getMessageType(), seen, lines);
        case ENUM -> words(field.getEnumType(), lines);
        default -> {}
      }
    }
  }

  private static void words(EnumDescriptor type, Set<String> lines) {
    for (var word : type.getValues()) {
      lines.add("word " + type.getFullName() + "." + word.getName() + " = " + word.getNumber());
    }
  }

  private static String line(MethodDescriptor method) {
    return "method "
        + method.getFullName()
        + " ("
        + (method.isClientStreaming() ? "stream " : "")
        + method.getInputType().getFullName()
        + ") returns ("
        + (method.isServerStreaming() ? "stream " : "")
        + method.getOutputType().getFullName()
        + ")";
  }

  private static String line(FieldDescriptor field) {
    var type =
        switch (field.getJavaType()) {
          case MESSAGE -> field.getMessageType().getFullName();
          case ENUM -> field.getEnumType().getFullName();
          default -> field.getType().name().toLowerCase(java.util.Locale.ROOT);
        };
    return "field "
        + field.getFullName()
        + " = "
        + field.getNumber()
        + " "
        + (field.isRepeated() ? "repeated " : "")
        + type;
  }
}
