package org.wardfl.server.federation;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Instant;
import java.util.UUID;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.WireException;

/// What happened to the federation.
sealed interface FederationEvent {

  /// When.
  Instant at();

  /// From now on the site is this instance, at this start of it.
  record SiteBound(SiteName site, UUID instance, long boot, Instant at)
      implements FederationEvent {}

  /// The next instance that connects is the site.
  record SiteReleased(SiteName site, Instant at) implements FederationEvent {}

  /// Nothing is asked of the site any more, and it may not connect.
  record SiteDisabled(SiteName site, String by, Instant at) implements FederationEvent {}

  /// The site takes part again.
  record SiteEnabled(SiteName site, String by, Instant at) implements FederationEvent {}

  /// As disabled; and when it is enabled, the next instance that connects is the site.
  record SiteRemoved(SiteName site, String by, Instant at) implements FederationEvent {}

  /// The bytes in the journal.
  default byte[] toBytes() {
    var wire = org.wardfl.proto.wire.FederationEvent.newBuilder().setAtMs(at().toEpochMilli());
    switch (this) {
      case SiteBound(var site, var instance, var boot, _) ->
          wire.setSiteBound(
              org.wardfl.proto.wire.SiteBound.newBuilder()
                  .setSite(site.value())
                  .setInstance(instance.toString())
                  .setBoot(boot));
      case SiteReleased(var site, _) ->
          wire.setSiteReleased(
              org.wardfl.proto.wire.SiteReleased.newBuilder().setSite(site.value()));
      case SiteDisabled(var site, var by, _) ->
          wire.setSiteDisabled(
              org.wardfl.proto.wire.SiteDisabled.newBuilder().setSite(site.value()).setBy(by));
      case SiteEnabled(var site, var by, _) ->
          wire.setSiteEnabled(
              org.wardfl.proto.wire.SiteEnabled.newBuilder().setSite(site.value()).setBy(by));
      case SiteRemoved(var site, var by, _) ->
          wire.setSiteRemoved(
              org.wardfl.proto.wire.SiteRemoved.newBuilder().setSite(site.value()).setBy(by));
    }
    return wire.build().toByteArray();
  }

  /// The event in these bytes.
  ///
  /// @throws WireException if they hold no event that this version knows
  static FederationEvent fromBytes(byte[] bytes) throws WireException {
    try {
      var wire = org.wardfl.proto.wire.FederationEvent.parseFrom(bytes);
      var at = Instant.ofEpochMilli(wire.getAtMs());
      return switch (wire.getKindCase()) {
        case SITE_BOUND -> {
          var bound = wire.getSiteBound();
          yield new SiteBound(
              new SiteName(bound.getSite()),
              UUID.fromString(bound.getInstance()),
              bound.getBoot(),
              at);
        }
        case SITE_RELEASED -> new SiteReleased(new SiteName(wire.getSiteReleased().getSite()), at);
        case SITE_DISABLED ->
            new SiteDisabled(
                new SiteName(wire.getSiteDisabled().getSite()), wire.getSiteDisabled().getBy(), at);
        case SITE_ENABLED ->
            new SiteEnabled(
                new SiteName(wire.getSiteEnabled().getSite()), wire.getSiteEnabled().getBy(), at);
        case SITE_REMOVED ->
            new SiteRemoved(
                new SiteName(wire.getSiteRemoved().getSite()), wire.getSiteRemoved().getBy(), at);
        case KIND_NOT_SET ->
            throw new WireException("an event of a kind that this version does not know");
      };
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new WireException("event: " + e.getMessage(), e);
    }
  }
}
