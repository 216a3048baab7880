"""BPMN in, up to adapted XML and findings; journeys, drafts, versions and the bytes of packs."""
