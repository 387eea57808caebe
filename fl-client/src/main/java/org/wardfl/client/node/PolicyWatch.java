package org.wardfl.client.node;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.client.policy.SiteFilePolicy;
import org.wardfl.client.task.Permits;
import org.wardfl.client.task.SiteAgent;
import org.wardfl.proto.task.SiteCapacity;

/// Looks whether the site's file has been edited, or the site has opened or closed, and lets those
/// decide anew who wait for that.
final class PolicyWatch implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(PolicyWatch.class);

  private final SiteFilePolicy policy;
  private final Permits permits;
  private final SiteAgent agent;
  private String sha256;
  private SiteCapacity capacity;

  PolicyWatch(SiteFilePolicy policy, Permits permits, SiteAgent agent) {
    this.policy = policy;
    this.permits = permits;
    this.agent = agent;
    this.sha256 = policy.fileSha256();
    this.capacity = policy.capacity();
  }

  @Override
  public void run() {
    try {
      var nowSha256 = policy.fileSha256();
      var nowCapacity = policy.capacity();
      if (nowSha256.equals(sha256) && nowCapacity.equals(capacity)) {
        return;
      }
      if (!nowSha256.equals(sha256)) {
        LOG.atInfo()
            .addKeyValue("sha256", nowSha256)
            .addKeyValue("trouble", policy.fileTrouble().orElse("none"))
            .log("the site's policy has changed");
      }
      sha256 = nowSha256;
      capacity = nowCapacity;
      permits.offer(policy.offered());
      policy.changes().happened();
      agent.reconsider();
      agent.tell();
    } catch (RuntimeException e) {
      // An exception would end the schedule.
      LOG.atError().setCause(e).log("the site's policy cannot be watched");
    }
  }
}
