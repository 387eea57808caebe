package org.wardfl.server.job;

import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.WorkflowDefinition.CrossSite;
import org.wardfl.proto.job.WorkflowDefinition.Models;

/// The models of single sites: what a site trained last, before it was averaged, and what it trains
/// by itself.
final class SiteModels {

  private SiteModels() {}

  /// The track of the model that a site trains by itself.
  static String alone(SiteName site) {
    return "alone/" + site;
  }

  /// The track of what a site made of the federation's model.
  static String trained(SiteName site) {
    return "site/" + site;
  }

  /// Whether a later workflow scores what the sites make of the federation's model, in this form.
  static boolean wanted(JobDefinition job, int index, Models form) {
    return job.workflows().stream()
        .skip(index + 1L)
        .anyMatch(it -> it instanceof CrossSite crossSite && crossSite.models().contains(form));
  }
}
