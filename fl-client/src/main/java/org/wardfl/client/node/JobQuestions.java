package org.wardfl.client.node;

import java.time.InstantSource;
import java.util.function.Function;
import java.util.function.Supplier;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.client.job.JobPackageException;
import org.wardfl.client.job.SignedJob;
import org.wardfl.client.link.Opinion;
import org.wardfl.client.policy.JobDecision;
import org.wardfl.client.policy.SiteFilePolicy;
import org.wardfl.proto.task.ObservedState.Decision;

/// What this site would say to a job that nobody has submitted: verified and decided as one that
/// was, but neither unpacked nor remembered as seen. One question at a time.
final class JobQuestions implements Function<byte[], Opinion> {

  private final Supplier<TrustAnchors> trust;
  private final InstantSource clock;
  private final SiteFilePolicy policy;

  JobQuestions(Supplier<TrustAnchors> trust, InstantSource clock, SiteFilePolicy policy) {
    this.trust = trust;
    this.clock = clock;
    this.policy = policy;
  }

  @Override
  public synchronized Opinion apply(byte[] signedManifest) {
    try {
      var job = SignedJob.verify(signedManifest, trust.get(), clock.instant());
      return switch (policy.foresee(job)) {
        case JobDecision.Permitted _ -> new Opinion(Decision.ADMITTED, "");
        case JobDecision.AwaitsApproval(_, var reason, _) ->
            new Opinion(Decision.AWAITING_APPROVAL, reason);
        case JobDecision.Declined(_, var reason, _) -> new Opinion(Decision.REFUSED, reason);
      };
    } catch (JobPackageException e) {
      return new Opinion(Decision.REFUSED, "this site does not accept the job: " + e.getMessage());
    }
  }
}
