return workflow "shop"
