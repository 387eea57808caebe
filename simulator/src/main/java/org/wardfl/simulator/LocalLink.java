package org.wardfl.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.client.link.LinkException;
import org.wardfl.client.link.ServerLink;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.task.Verdict;
import org.wardfl.server.Coordinator;
import org.wardfl.server.store.BlobStore;

/// A site and the server in one process: calls instead of messages, the same file or a second name
/// of it instead of copies.
final class LocalLink implements ServerLink {

  private final SiteName site;
  private final Coordinator server;
  private final BlobStore blobs;

  LocalLink(SiteName site, Coordinator server, BlobStore blobs) {
    this.site = site;
    this.server = server;
    this.blobs = blobs;
  }

  @Override
  public DesiredState desired() {
    return server.desired(site);
  }

  @Override
  public void watch(Runnable onChange) {
    server.connect(site, onChange);
  }

  @Override
  public void fetch(ModelHash model, long largest, Path target) throws LinkException {
    try {
      Files.createLink(target, server.fetch(model));
    } catch (IOException e) {
      throw new LinkException("model " + model + " cannot be fetched", e);
    }
  }

  @Override
  public Path fetchModel(ModelHash model, Path target) throws LinkException {
    try {
      return server.fetch(model);
    } catch (IOException e) {
      throw new LinkException("model " + model + " cannot be fetched", e);
    }
  }

  @Override
  public void observe(ObservedState state) {
    // The simulator's lines come from the server's events.
  }

  @Override
  public void store(TaskKey task, ModelHash update, Path file) throws LinkException {
    try {
      blobs.link(file, update);
    } catch (IOException e) {
      throw new LinkException("update " + update + " cannot be stored", e);
    }
  }

  @Override
  public Verdict deliver(TaskKey task, TaskOutcome outcome) throws LinkException {
    try {
      return server.deliver(site, task, outcome);
    } catch (IOException e) {
      throw new LinkException("the result of " + task + " cannot be delivered", e);
    }
  }
}
