package org.wardfl.server.transport;

import io.grpc.MethodDescriptor;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wardfl.proto.wire.AdministrationGrpc;
import org.wardfl.proto.wire.EnrollmentGrpc;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.provisioning.rights.Right;

/// One line for each method of the wire. What has no line is refused; a test holds the table
/// against the services.
final class MethodTable {

  private static final Map<String, Access> TABLE =
      Map.ofEntries(
          line(FederationGrpc.getSessionMethod(), Access.site()),
          line(FederationGrpc.getDeliverMethod(), Access.site()),
          line(FederationGrpc.getTellLogMethod(), Access.site()),
          line(FederationGrpc.getStatMethod(), Access.siteOrPerson(Right.SUBMIT_JOB)),
          line(FederationGrpc.getStoreMethod(), Access.siteOrPerson(Right.SUBMIT_JOB)),
          line(FederationGrpc.getWitnessMethod(), Access.site()),
          line(FederationGrpc.getFetchMethod(), Access.siteOrPerson(Right.DOWNLOAD_JOB)),
          line(AdministrationGrpc.getListSitesMethod(), Access.person(Right.LIST_JOBS)),
          line(AdministrationGrpc.getSubmitMethod(), Access.person(Right.SUBMIT_JOB)),
          line(AdministrationGrpc.getExplainMethod(), Access.person(Right.SUBMIT_JOB)),
          line(AdministrationGrpc.getLogsMethod(), Access.person(Right.GET_JOB_LOG)),
          line(AdministrationGrpc.getShowMethod(), Access.person(Right.GET_JOB_META)),
          line(AdministrationGrpc.getListJobsMethod(), Access.person(Right.LIST_JOBS)),
          line(AdministrationGrpc.getAbortMethod(), Access.person(Right.ABORT_JOB)),
          line(AdministrationGrpc.getDeleteMethod(), Access.person(Right.DELETE_JOB)),
          line(AdministrationGrpc.getListFilesMethod(), Access.person(Right.DOWNLOAD_JOB)),
          line(AdministrationGrpc.getDownloadMethod(), Access.person(Right.DOWNLOAD_JOB)),
          line(AdministrationGrpc.getFetchPackageMethod(), Access.person(Right.CLONE_JOB)),
          line(AdministrationGrpc.getWaitMethod(), Access.person(Right.GET_JOB_META)),
          line(AdministrationGrpc.getUpdateTrustMethod(), Access.person(Right.SHUTDOWN)),
          line(AdministrationGrpc.getRebindSiteMethod(), Access.person(Right.REMOVE_CLIENT)),
          line(AdministrationGrpc.getShowSiteMethod(), Access.person(Right.CHECK_STATUS)),
          line(AdministrationGrpc.getDisableSiteMethod(), Access.person(Right.DISABLE_CLIENT)),
          line(AdministrationGrpc.getEnableSiteMethod(), Access.person(Right.ENABLE_CLIENT)),
          line(AdministrationGrpc.getRemoveSiteMethod(), Access.person(Right.REMOVE_CLIENT)),
          line(EnrollmentGrpc.getRequestMethod(), Access.siteOrPerson(Right.LIST_JOBS)),
          line(EnrollmentGrpc.getCollectMethod(), Access.siteOrPerson(Right.LIST_JOBS)),
          line(EnrollmentGrpc.getListRequestsMethod(), Access.person(Right.SHUTDOWN)),
          line(EnrollmentGrpc.getAnswerMethod(), Access.person(Right.SHUTDOWN)));

  private MethodTable() {}

  static Optional<Access> of(String fullMethodName) {
    return Optional.ofNullable(TABLE.get(fullMethodName));
  }

  /// The methods that have a line.
  static Set<String> methods() {
    return TABLE.keySet();
  }

  private static Map.Entry<String, Access> line(MethodDescriptor<?, ?> method, Access access) {
    return Map.entry(method.getFullMethodName(), access);
  }
}
