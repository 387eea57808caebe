package org.wardfl.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The floors of the design, and the one home of each library.
class LayersTest {

  private static JavaClasses ward;

  @BeforeAll
  static void read() {
    ward =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            // A packaged build has the conformance kit on the class path as a jar.
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("org.wardfl");
  }

  @TestFactory
  List<DynamicTest> rules() {
    return List.of(
        rule("arrows point down only", floors()),
        rule(
            "algo-api needs the JDK and JSpecify only, but for YAML in bundles",
            classes()
                .that()
                .resideInAPackage("org.wardfl.algo..")
                .and()
                .resideOutsideOfPackage("org.wardfl.algo.bundle..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                    "org.wardfl.algo..", "java..", "javax.crypto..", "org.jspecify..")),
        home("Bouncy Castle", "org.bouncycastle..", "org.wardfl.certs.."),
        home("DJL", "ai.djl..", "org.wardfl.gpu.."),
        rule(
            "imaging needs neither torch nor any other library",
            classes()
                .that()
                .resideInAPackage("org.wardfl.gpu.imaging..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                    "org.wardfl.gpu.imaging..",
                    "org.wardfl.gpu.table..",
                    "org.wardfl.algo..",
                    "java..",
                    "javax.imageio..",
                    "org.jspecify..")),
        home("JCuda", "jcuda..", "org.wardfl.gpu.."),
        home(
            "YAML",
            "org.snakeyaml..",
            "org.wardfl.provisioning.yaml..",
            "org.wardfl.algo.bundle.."),
        home("zip4j", "net.lingala.zip4j..", "org.wardfl.provisioning.kit.."),
        home("picocli", "picocli..", "org.wardfl.cli.."),
        home("JLine", "org.jline..", "org.wardfl.cli.."),
        home("SQL", "java.sql..", "org.wardfl.server.store..", "org.wardfl.client.state.."),
        home("Micronaut", "io.micronaut..", "org.wardfl.server.web.."),
        rule(
            "nothing is read by Java serialization",
            noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.ObjectInputStream")),
        rule(
            "only main classes end the process",
            noClasses()
                .that()
                .haveSimpleNameNotEndingWith("Main")
                .and()
                .doNotHaveFullyQualifiedName("org.wardfl.cli.Ward")
                .should()
                .callMethod(System.class, "exit", int.class)));
  }

  private static ArchRule floors() {
    return Architectures.layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("algo")
        .definedBy("org.wardfl.algo..")
        .layer("certs")
        .definedBy("org.wardfl.certs..")
        .layer("proto")
        .definedBy("org.wardfl.proto..")
        .layer("aggregator")
        .definedBy("org.wardfl.aggregator..")
        .optionalLayer("gpu")
        .definedBy("org.wardfl.gpu..")
        .layer("provisioning")
        .definedBy("org.wardfl.provisioning..")
        .layer("server")
        .definedBy("org.wardfl.server..")
        .layer("client")
        .definedBy("org.wardfl.client..")
        .layer("simulator")
        .definedBy("org.wardfl.simulator..")
        .layer("cli")
        .definedBy("org.wardfl.cli..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("simulator")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("server")
        .mayOnlyBeAccessedByLayers("simulator", "cli")
        .whereLayer("client")
        .mayOnlyBeAccessedByLayers("simulator", "cli")
        .whereLayer("gpu")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("aggregator")
        .mayOnlyBeAccessedByLayers("server", "simulator", "cli")
        .whereLayer("proto")
        .mayOnlyBeAccessedByLayers("server", "client", "simulator", "cli")
        .whereLayer("provisioning")
        .mayOnlyBeAccessedByLayers("server", "client", "simulator", "cli")
        .whereLayer("certs")
        .mayOnlyBeAccessedByLayers("provisioning", "server", "client", "simulator", "cli");
  }

  private static DynamicTest home(String library, String itsPackages, String... homes) {
    return rule(
        library + " has one home",
        noClasses()
            .that()
            .resideOutsideOfPackages(homes)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(itsPackages));
  }

  private static DynamicTest rule(String name, ArchRule rule) {
    return DynamicTest.dynamicTest(name, () -> rule.allowEmptyShould(true).check(ward));
  }
}
