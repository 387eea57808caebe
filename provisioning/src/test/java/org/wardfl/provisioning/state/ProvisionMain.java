package org.wardfl.provisioning.state;

import java.nio.file.Path;
import java.time.InstantSource;
import org.wardfl.certs.Passphrase;

/// Provisions a project in a process of its own, so that it can be killed.
final class ProvisionMain {

  /// As people choose one.
  static final Passphrase PASSPHRASE = new Passphrase("the admin's own");

  private ProvisionMain() {}

  /// Provisions one server, one admin, and as many sites as asked.
  ///
  /// @param arguments the folder, and the number of sites
  public static void main(String... arguments) throws Exception {
    var sites = new StringBuilder();
    for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
      sites.append("  - {name: site-").append(i).append(", type: client, org: o}\n");
    }
    long start = System.nanoTime();
    var result =
        new Provisioner(Path.of(arguments[0]), PASSPHRASE, InstantSource.system())
            .provision(ChestCt.project(sites.toString()), Provisioner.Options.NONE);
    System.out.println(
        result.created().size() + " kits in " + (System.nanoTime() - start) / 1_000_000 + " ms");
  }
}
