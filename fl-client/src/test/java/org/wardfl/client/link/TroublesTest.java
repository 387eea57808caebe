package org.wardfl.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TroublesTest {

  @Test
  void eachKindIsToldOnceUntilItWentWell() {
    var troubles = new Troubles();
    assertThat(troubles.isNew("the port is closed")).isTrue();
    assertThat(troubles.isNew("the name is unknown")).isTrue();
    assertThat(troubles.isNew("the port is closed")).isFalse();
    troubles.over();
    assertThat(troubles.isNew("the port is closed")).isTrue();
  }

  @Test
  void theTimeAndTheOwnPortMakeNoNewTrouble() {
    var troubles = new Troubles();
    assertThat(
            troubles.isNew("ended at 2026-11-24T10:00:00Z, this clock says 2026-11-25T10:00:00Z"))
        .isTrue();
    assertThat(
            troubles.isNew("ended at 2026-11-24T10:00:00Z, this clock says 2026-11-25T10:00:05.5Z"))
        .isFalse();
    assertThat(troubles.isNew("from localhost/127.0.0.1:40001 to x")).isTrue();
    assertThat(troubles.isNew("from localhost/127.0.0.1:40002 to x")).isFalse();
  }

  @Test
  void howManyAreRememberedIsBounded() {
    var troubles = new Troubles();
    for (int i = 0; i < 1000; i++) {
      assertThat(troubles.isNew("trouble " + i)).isTrue();
    }
    assertThat(troubles.isNew("trouble 999")).isFalse();
  }
}
