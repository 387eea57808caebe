package org.wardfl.provisioning.state;

import java.nio.file.Path;
import java.time.InstantSource;
import org.wardfl.certs.Passphrase;

/// Provisions a project in a process of its own, so that it can be killed.
final class ProvisionMain {

  private ProvisionMain() {}

  /// Provisions one server, one admin, and as many sites as asked. Prints the passphrase first.
  ///
  /// @param arguments the folder, the number of sites, and the passphrase; if it is missing, a
  ///   random one is taken, for which keys are derived quickly
  public static void main(String... arguments) throws Exception {
    var passphrase = arguments.length > 2 ? new Passphrase(arguments[2]) : Passphrase.random();
    System.out.println(passphrase.reveal());
    var sites = new StringBuilder();
    for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
      sites.append("  - {name: site-").append(i).append(", type: client, org: o}\n");
    }
    long start = System.nanoTime();
    var result =
        new Provisioner(Path.of(arguments[0]), passphrase, InstantSource.system())
            .provision(ChestCt.project(sites.toString()), Provisioner.Options.NONE);
    System.out.println(
        result.created().size() + " kits in " + (System.nanoTime() - start) / 1_000_000 + " ms");
  }
}
