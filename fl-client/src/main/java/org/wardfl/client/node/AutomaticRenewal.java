package org.wardfl.client.node;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.client.link.LinkException;
import org.wardfl.client.link.Renewal;
import org.wardfl.provisioning.KitException;

/// Renews the site's certificate without a person, and tells the log what there is to know, once.
final class AutomaticRenewal implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(AutomaticRenewal.class);

  private final Renewal renewal;
  private final BooleanSupplier connected;
  private String last = "";

  AutomaticRenewal(Renewal renewal, BooleanSupplier connected) {
    this.renewal = renewal;
    this.connected = connected;
  }

  @Override
  public void run() {
    // Why there is no connection, the session tells.
    if (!connected.getAsBoolean()) {
      return;
    }
    try {
      switch (renewal.attempt()) {
        case Renewal.NotDue _ -> last = "";
        case Renewal.Waiting _ ->
            tell("a renewal of this site's certificate waits for the project admin");
        case Renewal.Renewed(var until) -> {
          last = "";
          LOG.atInfo().addKeyValue("until", until).log("the certificate was renewed");
        }
      }
    } catch (LinkException | KitException | IOException | RuntimeException e) {
      // An exception would end the schedule.
      tell(String.valueOf(e.getMessage()));
    }
  }

  private void tell(String what) {
    if (!what.equals(last)) {
      last = what;
      LOG.atWarn().log(what);
    }
  }
}
